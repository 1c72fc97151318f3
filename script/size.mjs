// Prints what a reader downloads, compressed with brotli 11, and fails above the budgets:
//   node script/size.mjs [FOLDER]
// The first load is index.html and all that it names: it draws the first picture. Its parts of code follow right after it
// (script/split.mjs); other files are fetched when asked for.
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/** What the first load should be, and what it must not exceed. */
const FIRST = { aim: 150_000, limit: 200_000 };
/** The same for everything until a cluster runs, and for all code. A limit that rises needs its reason in the commit. */
const CLUSTER = { aim: 350_000, limit: 450_000 };
const ALL = { aim: 600_000, limit: 860_000 };

const folder = process.argv[2] ?? 'dist';
const html = readFileSync(join(folder, 'index.html'), 'utf8');
const names = (pattern, at) => [...html.matchAll(pattern)].map(match => match[at].replace(/^\.\//, ''));
const named = new Set(['index.html', ...names(/\b(href|src)=["']?([^"'\s>]+)/g, 2).filter(it => !/^(https?:|data:|#)/.test(it))]);
const parts = names(/<meta name="?part"? content="?([^"\s>]+)/g, 1);

const compress = bytes => brotliCompressSync(bytes, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
}).length;
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && !entry.name.startsWith('.'))
  .map(entry => relative(folder, join(entry.parentPath ?? entry.path, entry.name))).sort();
const print = (name, raw, small) => console.log(`size: ${name.padEnd(44)} ${String(raw).padStart(9)} ${String(small).padStart(9)}`);

/** Prints a file's row and adds it to the sum. */
const sum = { raw: 0, small: 0 };
function row(name) {
  const bytes = readFileSync(join(folder, name));
  const small = compress(bytes);
  print(`  ${name.replace(/-[0-9a-f]{8,}/, '')}`, bytes.length, small);
  sum.raw += bytes.length;
  sum.small += small;
}

let failed = false;
function budget(what, { aim, limit }) {
  print(what, sum.raw, sum.small);
  if (sum.small > limit) console.log(`size: error: ${what}: ${sum.small} bytes, the limit is ${limit}`);
  else if (sum.small > aim) console.log(`size: warning: ${what}: ${sum.small} bytes, aim at ${aim}; the limit is ${limit}`);
  failed ||= sum.small > limit;
}

print('file', 'raw', 'brotli');
files.filter(name => named.has(name)).forEach(row);
budget('first load', FIRST);
parts.slice(0, 1).forEach(row);
budget('until a cluster runs', CLUSTER);
parts.slice(1).forEach(row);
budget('all code', ALL);
const later = files.filter(name => !named.has(name) && !parts.includes(name));
if (later.length) {
  print('when asked for', '', '');
  later.forEach(row);
}
process.exit(failed ? 1 : 0);
