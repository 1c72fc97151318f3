// Prints what a reader downloads, compressed with brotli 11, and fails above the budgets:
//   node script/size.mjs [FOLDER]
//   node script/size.mjs --map [WASM]   where the bytes are: code by module, largest first
// The first picture is part of index.html: it needs that file and the style sheets it names. The lab is all that
// index.html names, and the script that they import; other files are fetched when asked for.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/** What the first picture needs at most. */
const PICTURE = { aim: 25_000, limit: 35_000 };
/** What the whole lab should need, and what it must not exceed. A limit that rises needs its reason in the commit. */
const LAB = { aim: 796_000, limit: 1_930_000 };

const print = (name, raw, small) => console.log(`size: ${name.padEnd(52)} ${String(raw).padStart(9)} ${String(small).padStart(9)}`);

/** The parts of a function's name as the compiler writes it: `<a::b::C as d::E>::f` belongs to `a::b`. */
function parts(name) {
  const words = [];
  let rest = name.replace(/^_ZN/, '');
  for (let length; (length = parseInt(rest, 10)) > 0;) {
    const start = String(length).length;
    words.push(rest.slice(start, start + length));
    rest = rest.slice(start + length);
  }
  const path = (words[0] ?? name).replace(/^_?(\$(LT|RF|BP|u20)\$|mut|const|dyn)*/g, '');
  return path.includes('..') ? path.split('$')[0].split('..') : [path, ...words.slice(1)];
}

/** Reads a module's functions by name, and prints the bytes of code by crate and folder. */
function map(path) {
  const bytes = readFileSync(path);
  let at = 8;
  const leb = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const text = () => { const length = leb(); at += length; return bytes.toString('utf8', at - length, at); };
  const sizes = [];
  const names = new Map();
  let imported = 0;
  let data = 0;
  while (at < bytes.length) {
    const id = bytes[at++];
    const end = leb() + at;
    if (id === 2) {
      for (let count = leb(); count > 0; count -= 1) {
        text(); text();
        const kind = bytes[at++];
        if (kind === 0) { imported += 1; leb(); }
        else if (kind === 1) { at += 1; const flags = leb(); leb(); if (flags & 1) leb(); }
        else if (kind === 2) { const flags = leb(); leb(); if (flags & 1) leb(); }
        else at += 2;
      }
    } else if (id === 10) {
      for (let count = leb(); count > 0; count -= 1) { const size = leb(); sizes.push(size); at += size; }
    } else if (id === 11) data = end - at;
    else if (id === 0 && text() === 'name') {
      while (at < end) {
        const kind = bytes[at++];
        const stop = leb() + at;
        if (kind === 1) for (let count = leb(); count > 0; count -= 1) { const index = leb(); names.set(index, text()); }
        at = stop;
      }
    }
    at = end;
  }
  const folders = new Map();
  sizes.forEach((size, index) => {
    const path = parts(names.get(index + imported) ?? '?');
    const key = path[0] === 'statefulset_lab' ? path.slice(1, 3).join('::') : path[0];
    folders.set(key, (folders.get(key) ?? 0) + size);
  });
  print('constants', data, '');
  [...folders].sort((a, b) => b[1] - a[1]).slice(0, 60).forEach(([name, size]) => print(name, size, ''));
}

const [first, second] = process.argv.slice(2);
if (first === '--map') {
  const path = second ?? 'target/wasm32-unknown-unknown/release/app.wasm';
  if (!existsSync(path)) { console.error(`size: there is no ${path}: build first (script/build)`); process.exit(2); }
  map(path);
  process.exit(0);
}

const folder = first ?? 'dist';
const html = readFileSync(join(folder, 'index.html'), 'utf8');
const named = new Set(['index.html', ...[...html.matchAll(/\b(?:href|src)=["']?([^"'\s>]+)/g)]
  .map(match => match[1].replace(/^\.\//, '')).filter(it => !/^(https?:|data:|#)/.test(it)), 'lab.js']);
const compress = bytes => brotliCompressSync(bytes, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
}).length;
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && !entry.name.startsWith('.'))
  .map(entry => relative(folder, join(entry.parentPath ?? entry.path, entry.name))).sort();

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

const drawn = name => name === 'index.html' || name.endsWith('.css');
print('file', 'raw', 'brotli');
files.filter(name => named.has(name) && drawn(name)).forEach(row);
budget('the first picture', PICTURE);
files.filter(name => named.has(name) && !drawn(name)).forEach(row);
budget('the whole lab', LAB);
const later = files.filter(name => !named.has(name));
if (later.length) {
  print('when asked for', '', '');
  later.forEach(row);
}
process.exit(failed ? 1 : 0);
