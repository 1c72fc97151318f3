// Splits the built page's WebAssembly in two, so that the first picture needs only what it runs:
//   node script/split.mjs [FOLDER]
// 1. Each function of a copy marks a byte when it runs; a browser opens the page a few times and reads the marks.
// 2. The first part keeps the bodies of the functions that ran, the rest gets all others; both keep all types and the
//    numbering of functions. A function whose body stands in the other part becomes a stub that calls it by the table.
// 3. A stub of the first part asks for the rest first (`rest_needed` in src/ui/rest.rs, `loadRest` in www/start.js),
//    so any call is safe at any time; in practice start.js has fetched the rest soon after the first picture.
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, open, serve } from '../tests/e2e/browser.mjs';

/** Ways to open the page, and how long to watch each, in milliseconds. */
const VISITS = [
  { ms: 7000 },
  { ms: 3000, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  { ms: 3000, path: '?lang=ja', colorScheme: 'dark' },
];

/** Reads LEB128 numbers and the like from `bytes`. */
function reader(bytes, at = 0) {
  const r = {
    at,
    byte: () => bytes[r.at++],
    u32() {
      for (let value = 0, unit = 1; ; unit *= 128) {
        const byte = bytes[r.at++];
        value += (byte & 127) * unit;
        if (byte < 128) return value;
      }
    },
    skip() { while (bytes[r.at++] & 128); },
    take(n) { r.at += n; return bytes.subarray(r.at - n, r.at); },
    text: () => new TextDecoder().decode(r.take(r.u32())),
    list(read) { return Array.from({ length: r.u32() }, read); },
  };
  return r;
}

const leb = n => {
  const out = [];
  for (;;) {
    const byte = n % 128;
    n = Math.floor(n / 128);
    if (!n) return [...out, byte];
    out.push(byte | 128);
  }
};
/** A number from 0 as a signed LEB128. */
const sleb = n => {
  const out = [];
  for (;;) {
    const byte = n % 128;
    n = Math.floor(n / 128);
    if (!n && byte < 64) return [...out, byte];
    out.push(byte | 128);
  }
};
const text = it => { const bytes = new TextEncoder().encode(it); return [...leb(bytes.length), ...bytes]; };
const sized = bytes => Buffer.concat([Buffer.from(leb(bytes.length)), bytes]);
const section = (id, body) => Buffer.concat([Buffer.from([id]), sized(Buffer.from(body))]);
const vector = items => Buffer.concat([Buffer.from(leb(items.length)), ...items.map(it => Buffer.from(it))]);

/** Calls `onFunction` with each function that a body names. */
function walk(body, onFunction) {
  const r = reader(body);
  r.list(() => { r.u32(); r.byte(); });
  const memory = () => { if (r.u32() & 64) r.skip(); r.skip(); };
  while (r.at < body.length) {
    const op = r.byte();
    if (op >= 0x02 && op <= 0x04) r.skip();
    else if (op === 0x0c || op === 0x0d) r.skip();
    else if (op === 0x0e) { for (let n = r.u32(); n >= 0; n -= 1) r.skip(); }
    else if (op === 0x10 || op === 0x12 || op === 0xd2) onFunction(r.u32());
    else if (op === 0x11 || op === 0x13) { r.skip(); r.skip(); }
    else if (op === 0x1c) r.take(r.u32());
    else if (op >= 0x20 && op <= 0x26) r.skip();
    else if (op >= 0x28 && op <= 0x3e) memory();
    else if (op >= 0x3f && op <= 0x42) r.skip();
    else if (op === 0x43) r.at += 4;
    else if (op === 0x44) r.at += 8;
    else if (op === 0xd0) r.skip();
    else if (op === 0xfc) {
      const sub = r.u32();
      if (sub === 10 || sub === 14) { r.skip(); r.skip(); }
      else if (sub === 11 || (sub >= 15 && sub <= 17)) r.skip();
      else if (sub > 7) throw new Error(`instruction 0xfc ${sub} names a segment, which the rest does not have`);
    } else if (!(op <= 0x01 || op === 0x05 || op === 0x0b || op === 0x0f || op === 0x1a || op === 0x1b
      || (op >= 0x45 && op <= 0xc4) || op === 0xd1)) throw new Error(`unknown instruction 0x${op.toString(16)}`);
  }
}

function parse(bytes) {
  const m = { sections: [], imports: [], types: [], kinds: [], bodies: [], exports: [], named: new Set(), globals: [], tables: [] };
  const limits = r => { const flags = r.u32(); const min = r.u32(); return { flags, min, max: flags & 1 ? r.u32() : null }; };
  for (const r = reader(bytes, 8); r.at < bytes.length;) m.sections.push({ id: r.byte(), body: r.take(r.u32()) });
  for (const { id, body } of m.sections) {
    const r = reader(body);
    if (id === 1) {
      m.types = r.list(() => {
        if (r.byte() !== 0x60) throw new Error('a type that is no function');
        const params = r.u32();
        r.take(params);
        r.take(r.u32());
        return params;
      });
    } else if (id === 2) {
      m.imports = r.list(() => {
        const names = [r.text(), r.text()];
        if (r.byte() !== 0) throw new Error(`${names.join('.')} is an import that is no function`);
        return r.u32();
      });
    } else if (id === 3) m.kinds = r.list(() => r.u32());
    else if (id === 4) m.tables = r.list(() => ({ type: r.byte(), ...limits(r) }));
    else if (id === 5) [m.memory] = r.list(() => limits(r));
    else if (id === 6) {
      m.globals = r.list(() => {
        const type = [r.byte(), r.byte()];
        const op = r.byte();
        if (op === 0x43) r.at += 4; else if (op === 0x44) r.at += 8; else r.skip();
        r.byte();
        return type;
      });
    } else if (id === 7) m.exports = r.list(() => ({ name: r.text(), kind: r.byte(), index: r.u32() }));
    else if (id === 9) {
      m.segments = body.subarray((r.u32(), r.at));
      m.segmentCount = reader(body).u32();
      for (let n = m.segmentCount; n > 0; n -= 1) {
        if (r.u32() !== 0) throw new Error('a segment of an unknown form');
        r.byte();
        r.skip();
        r.byte();
        for (const index of r.list(() => r.u32())) m.named.add(index);
      }
    } else if (id === 10) m.bodies = r.list(() => r.take(r.u32()));
  }
  return m;
}

const limitBytes = ({ flags, min, max }) => [...leb(flags), ...leb(min), ...(flags & 1 ? leb(max) : [])];

/** The module with other sections in place of its own; `null` drops one. */
function rewrite(module, changes) {
  const parts = [Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])];
  for (const { id, body } of module.sections) {
    const change = id in changes ? changes[id] : body;
    if (change) parts.push(section(id, change));
  }
  return Buffer.concat(parts);
}

/** A copy whose functions mark a byte each in a page of their own, and where that page begins. */
function marked(module) {
  const { flags, min, max } = module.memory;
  const pages = Math.ceil(module.bodies.length / 65536);
  const base = min * 65536;
  const bodies = module.bodies.map((body, number) => {
    const r = reader(body);
    r.list(() => { r.u32(); r.byte(); });
    const mark = [0x41, ...sleb(base + number), 0x41, 1, 0x3a, 0, 0];
    return sized(Buffer.concat([body.subarray(0, r.at), Buffer.from(mark), body.subarray(r.at)]));
  });
  return { base, bytes: rewrite(module, { 5: [1, ...limitBytes({ flags, min: min + pages, max })], 10: vector(bodies) }) };
}

/** The numbers of the functions that run until the first picture stands. */
async function profile(folder, wasm, module) {
  const copy = await mkdtemp(join(tmpdir(), 'split-'));
  const ran = new Set();
  const browser = await launch();
  try {
    await cp(folder, copy, { recursive: true });
    const { base, bytes } = marked(module);
    await writeFile(join(copy, wasm), bytes);
    const index = join(copy, 'index.html');
    await writeFile(index, (await readFile(index, 'utf8')).replace(/ integrity=\S+?(?=[ >])/g, ''));
    const site = await serve(copy);
    for (const { ms, ...options } of VISITS) {
      const { page, context, faults } = await open(browser, site, options);
      await page.waitForTimeout(ms);
      if (faults.length) throw new Error(`the page is not quiet:\n  ${faults.join('\n  ')}`);
      const marks = await page.evaluate(async ([base, count]) => {
        const js = document.querySelector('link[rel="modulepreload"]').href;
        const { memory } = await (await import(js)).default();
        return [...new Uint8Array(memory.buffer, base, count)];
      }, [base, module.bodies.length]);
      marks.forEach((mark, number) => mark && ran.add(number));
      await context.close();
    }
    await site.close();
  } finally {
    await browser.close();
    await rm(copy, { recursive: true, force: true });
  }
  return ran;
}

/** The two parts of a module, the first with the bodies of the functions in `ran`. */
function split(module, ran) {
  const { imports, kinds, types, bodies, exports, tables, globals, named } = module;
  const offset = imports.length;
  const needed = exports.find(({ name }) => name === 'rest_needed');
  if (!needed) throw new Error('there is no export called rest_needed');
  // What the way to the rest itself needs stands in the first part.
  const keep = new Set(ran);
  const pull = index => {
    const number = index - offset;
    if (number < 0 || keep.has(number)) return;
    keep.add(number);
    walk(bodies[number], pull);
  };
  pull(needed.index);

  // Which stubs each part needs: what its own bodies call, and for the first also exports and table entries.
  const stubs = [new Set(), new Set()];
  const ask = (part, index) => {
    const number = index - offset;
    if (number >= 0 && keep.has(number) !== (part === 0)) stubs[part].add(number);
  };
  bodies.forEach((body, number) => walk(body, index => ask(keep.has(number) ? 0 : 1, index)));
  for (const { kind, index } of exports) if (kind === 0) ask(0, index);
  for (const index of named) ask(0, index);
  // In the first part only the segments' functions of the rest need a stub; the rest has no such segments.
  const slots = new Map([...stubs[0], ...stubs[1]].map((number, at) => [number, tables[0].min + at]));

  const unreachable = Buffer.from([0, 0x00, 0x0b]);
  const stub = (number, before) => {
    const params = Array.from({ length: types[kinds[number]] }, (_, at) => [0x20, ...leb(at)]).flat();
    return Buffer.from([0, ...before, ...params, 0x41, ...sleb(slots.get(number)), 0x11, ...leb(kinds[number]), 0, 0x0b]);
  };
  const code = part => vector(bodies.map((body, number) => {
    if (keep.has(number) === (part === 0)) return sized(body);
    if (!stubs[part].has(number)) return sized(unreachable);
    return sized(stub(number, part === 0 ? [0x10, ...leb(needed.index)] : []));
  }));
  /** Fills the slots of the functions whose bodies stand in `part`. */
  const fill = part => [...slots].filter(([number]) => keep.has(number) === (part === 0))
    .map(([number, slot]) => [0, 0x41, ...sleb(slot), 0x0b, 1, ...leb(number + offset)]);
  const grown = tables.map((table, at) => {
    if (at) return table;
    const min = table.min + slots.size;
    return { ...table, min, max: table.max === null ? null : Math.max(table.max, min) };
  });

  // The first part hands everything over that the rest imports.
  const shared = [
    ...imports.map((kind, at) => ({ name: `f${at}`, kind: 0, index: at, type: leb(kind) })),
    ...tables.map(({ type }, at) => ({ name: `t${at}`, kind: 1, index: at, type: [type, 0, 0] })),
    { name: 'm0', kind: 2, index: 0, type: [0, 0] },
    ...globals.map((type, at) => ({ name: `g${at}`, kind: 3, index: at, type })),
  ];
  const firstSegments = fill(0);
  const first = rewrite(module, {
    4: vector(grown.map(table => [table.type, ...limitBytes(table)])),
    7: vector([...exports, ...shared].map(({ name, kind, index }) => [...text(name), kind, ...leb(index)])),
    9: Buffer.concat([Buffer.from(leb(module.segmentCount + firstSegments.length)), module.segments, ...firstSegments.map(it => Buffer.from(it))]),
    10: code(0),
  });
  const functions = Buffer.concat([Buffer.from(leb(kinds.length)), ...kinds.map(kind => Buffer.from(leb(kind)))]);
  const rest = Buffer.concat([
    Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    section(1, module.sections.find(({ id }) => id === 1).body),
    section(2, vector(shared.map(({ name, kind, type }) => [...text('first'), ...text(name), kind, ...type]))),
    section(3, functions),
    section(9, vector(fill(1))),
    section(10, code(1)),
  ]);
  return { first, rest, kept: keep.size };
}

const folder = process.argv[2] ?? 'dist';
const wasm = (await readdir(folder)).find(name => /^app.*_bg\.wasm$/.test(name));
const bytes = await readFile(join(folder, wasm));
const module = parse(bytes);
const { first, rest, kept } = split(module, await profile(folder, wasm, module));
for (const part of [first, rest]) {
  if (!WebAssembly.validate(part)) await WebAssembly.compile(part);
}
const hash = part => createHash('sha256').update(part).digest('hex').slice(0, 16);
const names = [`app-${hash(first)}_bg.wasm`, `rest-${hash(rest)}.wasm`];
await rm(join(folder, wasm));
await writeFile(join(folder, names[0]), first);
await writeFile(join(folder, names[1]), rest);
const index = join(folder, 'index.html');
const integrity = `sha384-${createHash('sha384').update(first).digest('base64')}`;
const html = (await readFile(index, 'utf8'))
  .replace(/<link\b[^>]*\.wasm[^>]*>/, link => link.replace(wasm, names[0]).replace(/integrity=["']?[^\s>"']+["']?/, `integrity="${integrity}"`))
  .replace('</head>', `<meta name="rest" content="./${names[1]}"></head>`);
if (!html.includes(names[0]) || !html.includes(names[1])) throw new Error('index.html names no WebAssembly to split');
await writeFile(index, html);
console.log(`split: ${kept} of ${module.bodies.length} functions run before the first picture stands: ${first.length} of ${bytes.length} bytes`);
