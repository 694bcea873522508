// Builds static/dist: one stylesheet, one script, two fonts, one icon sprite, the favicon, all under
// hashed names, each text file with its .gz and .br beside it, and manifest.json which says what is where.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const OUT = "static/dist";
const FRESH = "static/.dist-new"; // filled first, then swapped in: a running site never sees half a build
const ICONS = "node_modules/bootstrap-icons/icons";

const manifest = {};

const hashed = (name, content) => {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const end = extname(name);
  return `${basename(name, end)}-${hash}${end}`;
};

async function put(name, content) {
  manifest[name] = hashed(name, content);
  await writeFile(join(FRESH, manifest[name]), content);
}

async function bundle() {
  const answer = await build({
    entryPoints: { app: "static/js/app.js", style: "static/css/app.css" },
    outdir: FRESH, bundle: true, minify: true, format: "esm", metafile: true, write: true,
    entryNames: "[name]-[hash]", assetNames: "[name]-[hash]",
    loader: { ".woff2": "file" },
    target: ["es2021", "chrome100", "firefox100", "safari15.4"],
    legalComments: "none", logLevel: "warning",
  });
  for (const [path, output] of Object.entries(answer.metafile.outputs)) {
    const file = basename(path);
    if (file.endsWith(".css")) manifest["app.css"] = file;
    else if (file.endsWith(".js")) manifest["app.js"] = file;
    else if (file.startsWith("atkinson")) manifest["text.woff2"] = file;
    else if (file.startsWith("bricolage")) manifest["title.woff2"] = file;
    if (output.bytes === 0) throw new Error(`${file} is empty`);
  }
}

async function sprite(names) {
  const symbols = await Promise.all(names.map(async (name) => {
    const svg = await readFile(join(ICONS, `${name}.svg`), "utf8");
    const inside = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "").replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 16 16">${inside}</symbol>`;
  }));
  await put("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
}

async function squeeze() {
  for (const file of await readdir(FRESH)) {
    if (!/\.(css|js|svg)$/.test(file)) continue;
    const content = await readFile(join(FRESH, file));
    await writeFile(join(FRESH, `${file}.gz`), gzipSync(content, { level: 9 }));
    await writeFile(join(FRESH, `${file}.br`), brotliCompressSync(content));
  }
}

await rm(FRESH, { recursive: true, force: true });
await mkdir(FRESH, { recursive: true });
const icons = JSON.parse(await readFile("static/icons.json", "utf8"));
await bundle();
await sprite(icons);
await put("favicon.svg", await readFile("static/img/favicon.svg"));
await squeeze();
await writeFile(join(FRESH, "manifest.json"), JSON.stringify({ files: manifest, icons }, null, 1) + "\n");
await rm(OUT, { recursive: true, force: true });
await rename(FRESH, OUT);
