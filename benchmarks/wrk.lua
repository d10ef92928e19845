-- What wrk sends, from the environment, and what it tells at the end: one line of JSON.
wrk.method = os.getenv("ASK_METHOD")
wrk.body = os.getenv("ASK_BODY")
for line in os.getenv("ASK_HEADERS"):gmatch("[^\n]+") do
   local name, value = line:match("^(.-): (.*)$")
   wrk.headers[name] = value
end

function done(summary, latency)
   local bad = summary.errors
   io.write(string.format(
      '\n{"requests": %d, "us": %d, "p50": %d, "p99": %d, "failed": %d}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      bad.connect + bad.read + bad.write + bad.timeout + bad.status
   ))
end
