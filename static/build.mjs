/**
 * Builds static/built: minified files whose names carry a hash of what is in them, a .gz beside each
 * for servers that send those, and manifest.json, which tells a plain name's hashed one.
 *
 * It is written under a temporary name and renamed when whole, so a server never meets half a build.
 */
import { createHash } from "node:crypto";
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = join(here, "built");

const BUNDLES = [
  "js/main.js",
  "js/look.js",
  "js/docs.js",
  "js/import.js",
  "js/palette.js",
  "js/picture.js",
  "js/rows.js",
  "css/main.css",
];
const MODULES = ["js/codemirror/codemirror.js", "js/charts/charts.js"]; // what other scripts import when they need it
const COPIES = ["icon.svg"];

/** The bundled and minified text of one entry file. */
async function bundled(entry, format = "iife") {
  const { outputFiles } = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    write: false,
    format,
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
  });
  return Buffer.from(outputFiles[0].contents);
}

/** `main.js` -> `main-1A2B3C4D.js` */
function hashedName(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  return `${basename(name, extname(name))}-${hash}${extname(name)}`;
}

/** Writes one file and its .gz into `folder`; gives back its plain and its hashed name. */
async function placed(folder, path, content) {
  const name = hashedName(path, content);
  await writeFile(join(folder, name), content);
  await writeFile(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }));
  return [basename(path), name];
}

/** Puts the finished `folder` where the old build was. */
async function exchanged(folder) {
  const old = `${folder}-old`;
  await rename(target, old).catch((error) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(folder, target);
  await rm(old, { recursive: true, force: true });
}

async function main() {
  const folder = await mkdtemp(join(here, ".building-"));
  try {
    await chmod(folder, 0o755); // mkdtemp gives 0700, and the server that reads it may be another user
    const names = [];
    for (const entry of BUNDLES) names.push(await placed(folder, entry, await bundled(entry)));
    for (const entry of MODULES) names.push(await placed(folder, entry, await bundled(entry, "esm")));
    for (const file of COPIES) names.push(await placed(folder, file, await readFile(join(here, file))));
    await writeFile(join(folder, "manifest.json"), JSON.stringify(Object.fromEntries(names), null, 2) + "\n");
    await exchanged(folder);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

await main();
