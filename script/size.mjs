// Prints what a reader downloads before the first picture, compressed with brotli 11, and fails above the limit:
//   node script/size.mjs [FOLDER]
// The first load is index.html and all that it names; what the page fetches later is listed apart.
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/** What the first load should be. */
const GOAL = 200_000;
/** What it must not exceed: only ever lowered, until it is the goal. */
const LIMIT = 430_000;

const folder = process.argv[2] ?? 'dist';
const html = readFileSync(join(folder, 'index.html'), 'utf8');
const named = new Set(['index.html']);
for (const [, , target] of html.matchAll(/\b(href|src)=["']?([^"'\s>]+)/g)) {
  if (!/^(https?:|data:|#)/.test(target)) named.add(target.replace(/^\.\//, ''));
}

const compress = bytes => brotliCompressSync(bytes, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
}).length;
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && !entry.name.startsWith('.'))
  .map(entry => relative(folder, join(entry.parentPath ?? entry.path, entry.name)));
const row = (name, raw, small) => console.log(`size: ${name.padEnd(44)} ${String(raw).padStart(9)} ${String(small).padStart(9)}`);

row('first load', 'raw', 'brotli');
let raw = 0;
let small = 0;
for (const name of files.filter(name => named.has(name)).sort()) {
  const bytes = readFileSync(join(folder, name));
  const compressed = compress(bytes);
  row(`  ${name.replace(/-[0-9a-f]{8,}/, '')}`, bytes.length, compressed);
  raw += bytes.length;
  small += compressed;
}
row('sum', raw, small);
const later = files.filter(name => !named.has(name)).sort();
if (later.length) row('later, when asked for', '', '');
for (const name of later) {
  const bytes = readFileSync(join(folder, name));
  row(`  ${name}`, bytes.length, compress(bytes));
}
if (small > LIMIT) {
  console.log(`size: error: the first load is ${small} bytes, the limit is ${LIMIT}`);
  process.exit(1);
}
if (small > GOAL) console.log(`size: warning: the first load is ${small} bytes, the goal is ${GOAL}, the limit for now ${LIMIT}`);
