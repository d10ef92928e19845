# Two images from one file: `app` is the workbench under uWSGI, `web` is Nginx in front of it.
# docker-compose.yml joins them by a socket in a shared volume. Both run as the same ordinary
# user, with a read-only root file system.
ARG BASE=debian:bookworm-slim

# --- what both images start from: an ordinary user, and the folders a container may write to ---

FROM ${BASE} AS base
RUN groupadd --gid 10001 workbench \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin workbench \
    && install -d -o workbench -g workbench -m 0750 /data /run/workbench
WORKDIR /srv/workbench

FROM base AS python
# Debian's security fixes are wanted as they come, so versions are not pinned here.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 \
    && rm -rf /var/lib/apt/lists/*

# --- everything that is built: the Python environment and the page's assets --------------------

FROM python AS build
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3-venv \
    && rm -rf /var/lib/apt/lists/*

ENV HOME=/build
COPY requirements.txt requirements-node.txt constraints.txt ./
RUN --mount=type=cache,target=/build/.cache/pip \
    python3 -m venv /opt/workbench \
    && /opt/workbench/bin/pip install -r requirements.txt -c constraints.txt \
    && python3 -m venv /opt/node \
    && /opt/node/bin/pip install -r requirements-node.txt -c constraints.txt

ENV PATH=/opt/node/bin:$PATH
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/build/.npm \
    npm ci --ignore-scripts --include=dev --no-audit --no-fund
COPY static static
RUN npm run build

# --- the workbench under uWSGI -------------------------------------------------------------------

FROM python AS app
COPY --from=build /opt/workbench /opt/workbench
COPY --chown=root:root docker/health.py docker/health.py
COPY --chown=root:root uwsgi.ini ./
COPY --chown=root:root database database
COPY --chown=root:root templates templates
COPY --chown=root:root workbench workbench
COPY --from=build /srv/workbench/static/built static/built
RUN /opt/workbench/bin/python -m compileall -q workbench

ENV PATH=/opt/workbench/bin:$PATH \
    PYTHONPATH=/srv/workbench \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    WORKBENCH_SOCKET=/run/workbench/uwsgi.sock \
    WORKBENCH_SAMPLE_DIR=/data \
    WORKBENCH_STORE=/data/workbench.db
USER 10001:10001
VOLUME /data
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python", "-P", "docker/health.py"]
CMD ["python", "-P", "-m", "workbench"]

# --- the same, started again whenever a source changes (docker-compose.dev.yml) ------------------

FROM app AS dev
USER 0:0
ENV PIP_CACHE_DIR=/build/.cache/pip
RUN --mount=type=cache,target=/build/.cache/pip \
    --mount=type=bind,source=constraints.txt,target=/tmp/constraints.txt \
    pip install --no-compile watchfiles -c /tmp/constraints.txt
USER 10001:10001
CMD ["watchfiles", "--sigint-timeout", "5", "python -P -m workbench", "workbench", "templates", "uwsgi.ini"]

# --- Nginx in front --------------------------------------------------------------------------------

FROM base AS web
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends nginx-light \
    && rm -rf /var/lib/apt/lists/*

COPY --chown=root:root nginx.conf ./
COPY --chown=root:root static/errors static/errors
COPY --from=build /srv/workbench/static/built static/built

USER 10001:10001
EXPOSE 8080
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /healthz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && grep -q ' 200 ' <&3"]
CMD ["nginx", "-p", "/tmp", "-e", "stderr", "-c", "/srv/workbench/nginx.conf"]
