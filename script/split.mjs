// Cuts the built page's WebAssembly into parts, so that the first picture needs only what it runs:
//   node script/split.mjs [FOLDER]
// Trunk calls it after each build (Trunk.toml); a debug build stays in one piece.
// 1. Each function of a copy marks a byte when it runs; a browser opens the page a few times and reads the marks, first
//    when the first picture stands, then when a cluster has run for a while.
// 2. A part gets the bodies of its functions, and the constants that they and no earlier part can reach. A function whose
//    body stands in another part becomes a stub that calls it by the table.
// 3. A stub for a later part asks for that part first (`part_needed` in src/ui/rest.rs, `loadPart` in www/start.js), so
//    any call is safe at any time; in practice start.js has fetched all parts soon after the first picture.
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, open, serve } from '../tests/e2e/browser.mjs';

/** The parts after the first, by the beginning of their files' names. */
const LATER = ['cluster', 'rest'];

/** Ways to open the page, and how long to watch a cluster run in each, in milliseconds. */
const VISITS = [
  { ms: 5000, returns: true },
  { ms: 5000, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  { ms: 5000, path: '?lang=ja', colorScheme: 'dark' },
  { ms: 5000, path: '?scenario=mariadb', reducedMotion: 'reduce' },
];

/** Constants so close together become one segment of the built file. */
const GAP_MAX = 16;

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
    s32() {
      for (let value = 0, bits = 0; ;) {
        const byte = bytes[r.at++];
        value |= (byte & 127) << bits;
        bits += 7;
        if (byte < 128) return bits < 32 && byte & 64 ? value | (-1 << bits) : value;
      }
    },
    /** The lower and the upper half of a signed number of 64 bits. */
    halves() {
      let value = 0n;
      for (let bits = 0n; ; bits += 7n) {
        const byte = bytes[r.at++];
        value |= BigInt(byte & 127) << bits;
        if (byte < 128) return [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))];
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

/** Calls `onFunction` with each function that a body names, and `onNumber` with each number that may be an address. */
function walk(body, onFunction, onNumber = () => {}) {
  const r = reader(body);
  r.list(() => { r.u32(); r.byte(); });
  const memory = () => { if (r.u32() & 64) r.skip(); onNumber(r.u32()); };
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
    else if (op === 0x41) onNumber(r.s32());
    // A text's address and length are often one number.
    else if (op === 0x42) r.halves().forEach(onNumber);
    else if (op === 0x3f || op === 0x40) r.skip();
    else if (op === 0x43) r.at += 4;
    else if (op === 0x44) r.at += 8;
    else if (op === 0xd0) r.skip();
    else if (op === 0xfc) {
      const sub = r.u32();
      if (sub === 10 || sub === 14) { r.skip(); r.skip(); }
      else if (sub === 11 || (sub >= 15 && sub <= 17)) r.skip();
      else if (sub > 7) throw new Error(`instruction 0xfc ${sub} names a segment, which the parts do not have`);
    } else if (!(op <= 0x01 || op === 0x05 || op === 0x0b || op === 0x0f || op === 0x1a || op === 0x1b
      || (op >= 0x45 && op <= 0xc4) || op === 0xd1)) throw new Error(`unknown instruction 0x${op.toString(16)}`);
  }
}

function parse(bytes) {
  const m = { sections: [], imports: [], types: [], kinds: [], bodies: [], exports: [], named: new Set(), globals: [], tables: [], data: [] };
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
    else if (id === 11) {
      m.data = r.list(() => {
        if (r.u32() !== 0 || r.byte() !== 0x41) throw new Error('a data segment of an unknown form');
        const start = r.s32();
        r.byte();
        return { start, bytes: r.take(r.u32()) };
      });
    }
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

/**
 * Opens copies of `folder` in which `change` may replace files, once for each of VISITS, with the parts held back until the
 * first picture stands: then `onPart(page, 0, visit)` looks, and after a while of a running cluster `onPart(page, 1, visit)`.
 */
async function visit(folder, change, onPart) {
  const copy = await mkdtemp(join(tmpdir(), 'split-'));
  const browser = await launch();
  try {
    await cp(folder, copy, { recursive: true });
    const index = join(copy, 'index.html');
    const page = (await readFile(index, 'utf8')).replace(/ integrity=\S+?(?=[ >])/g, '');
    await writeFile(index, page);
    await change(copy, page);
    const site = await serve(copy);
    await Promise.all(VISITS.map(async ({ ms, returns, ...options }, visit) => {
      let release;
      const held = new Promise(resolve => { release = resolve; });
      const prepare = async page => {
        await page.route(/\/(part|cluster-\w+|rest-\w+)\.wasm$/, async route => { await held; await route.continue(); });
        // At 16 times real time.
        await page.addInitScript(() => { localStorage['statefulset-lab/view'] ??= 'v1 speed=6'; });
      };
      const { page, context, faults } = await open(browser, site, { ...options, prepare });
      await page.waitForSelector('.picture-scroll');
      await page.waitForTimeout(1000);
      await onPart(page, 0, visit);
      release();
      await page.waitForTimeout(ms);
      await onPart(page, 1, visit);
      if (returns) {
        await page.reload();
        await page.waitForTimeout(ms);
        await onPart(page, 1, visit);
      }
      if (faults.length) throw new Error(`the page is not quiet:\n  ${faults.join('\n  ')}`);
      await context.close();
    }));
    await site.close();
  } finally {
    await browser.close();
    await rm(copy, { recursive: true, force: true });
  }
}

const markup = page => page.evaluate(() => document.body.innerHTML);

/**
 * For each function the number of the part that runs it first: 0 until the first picture stands, 1 while a cluster runs.
 * And the markup of the first pictures.
 */
async function profile(folder, wasm, module) {
  const partOf = module.bodies.map(() => LATER.length);
  const pictures = [];
  const { base, bytes } = marked(module);
  await visit(folder, async (copy, page) => {
    await writeFile(join(copy, wasm), bytes);
    // The page waits for a part, so that there is time to read the marks of the first picture.
    await writeFile(join(copy, 'index.html'), page.replace('</head>', '<meta name="part" content="./part.wasm"></head>'));
    await writeFile(join(copy, 'part.wasm'), rewrite({ sections: [] }, {}));
  }, async (page, part, visit) => {
    if (part === 0) pictures[visit] = await markup(page);
    const marks = await page.evaluate(async ([base, count]) => {
      const js = document.querySelector('link[rel="modulepreload"]').href;
      const { memory } = await (await import(js)).default();
      return [...new Uint8Array(memory.buffer, base, count)];
    }, [base, module.bodies.length]);
    marks.forEach((mark, number) => { if (mark) partOf[number] = Math.min(partOf[number], part); });
  });
  return { partOf, pictures };
}

/** Fails if the split page's first pictures differ, or if anything breaks without the constants of later parts. */
async function verify(folder, names, poisoned, pictures) {
  const found = [];
  await visit(folder, async copy => {
    for (const [at, part] of poisoned.entries()) await writeFile(join(copy, names[at]), part);
  }, async (page, part, visit) => { if (part === 0) found[visit] = await markup(page); });
  for (const [at, picture] of pictures.entries()) {
    if (picture === found[at]) continue;
    const from = [...picture].findIndex((c, n) => c !== found[at][n]);
    throw new Error(`the first picture of visit ${at} is another in parts:\n- ${picture.slice(from - 60, from + 60)}\n+ ${found[at].slice(from - 60, from + 60)}`);
  }
}

/** For each data segment the number of the first part that can reach it, by its code or by data that it can reach. */
function placeData({ bodies, data }, partOf) {
  const parts = data.map(() => LATER.length);
  const starts = data.map(({ start }) => start);
  const [low, high] = [starts[0], starts.at(-1) + data.at(-1).bytes.length];
  let queue = [];
  const isText = data.map(({ bytes }) => bytes.every(byte => byte >= 0x20 || byte === 0x0a || byte === 0x09));
  const take = (at, part) => {
    if (parts[at] <= part) return;
    parts[at] = part;
    queue.push(at);
  };
  const reach = (address, part) => {
    if (address < low || address > high) return;
    // The last segment that starts at the address or before it.
    let [from, to] = [0, starts.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (starts[middle] <= address) from = middle + 1; else to = middle;
    }
    const at = from - 1;
    if (address <= starts[at] + data[at].bytes.length) take(at, part);
    // The end of a list stands for the list: it may be gone through backwards.
    if (at > 0 && !isText[at - 1] && starts[at - 1] + data[at - 1].bytes.length === address) take(at - 1, part);
  };
  for (let part = 0; part < LATER.length; part += 1) {
    bodies.forEach((body, number) => { if (partOf[number] === part) walk(body, () => {}, address => reach(address, part)); });
    while (queue.length) {
      const { start, bytes } = data[queue.pop()];
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let at = (4 - start % 4) % 4; at + 4 <= bytes.length; at += 4) reach(view.getInt32(at, true), part);
    }
  }
  return parts;
}

/** Segments as the data section wants them, neighbours as one; what lies between two that are none is another part's. */
function dataSection(segments) {
  const joined = [];
  for (const { number, start, bytes } of segments) {
    const last = joined.at(-1);
    const gap = last?.number + 1 === number ? start - last.start - last.bytes.length : Infinity;
    if (gap <= GAP_MAX) {
      last.bytes = Buffer.concat([last.bytes, Buffer.alloc(gap), bytes]);
      last.number = number;
    } else joined.push({ number, start, bytes });
  }
  return vector(joined.map(({ start, bytes }) => Buffer.concat([Buffer.from([0, 0x41, ...sleb(start), 0x0b]), sized(bytes)])));
}

/**
 * The parts of a module: all functions keep their numbers in all of them. `isPoisoned`: each part fills the places of the
 * constants of later ones with bytes that are no text and no address, to show who needs them too early.
 */
function split(module, partOf, isPoisoned = false) {
  const { imports, kinds, types, bodies, exports, tables, globals, named, data } = module;
  const offset = imports.length;
  const needed = exports.find(({ name }) => name === 'part_needed');
  if (!needed) throw new Error('there is no export called part_needed');
  // What the way to the later parts itself needs stands in the first.
  const pulled = new Set();
  const pull = index => {
    const number = index - offset;
    if (number < 0 || pulled.has(number)) return;
    pulled.add(number);
    partOf[number] = 0;
    walk(bodies[number], pull);
  };
  pull(needed.index);
  const dataParts = placeData(module, partOf);

  // Which stubs each part needs: what its own bodies call, and for the first also exports and table entries.
  const stubs = [0, ...LATER].map(() => new Set());
  const ask = (part, index) => {
    const number = index - offset;
    if (number < 0 || partOf[number] === part) return;
    stubs[part].add(number);
    if (partOf[number] > part && part > 0) stubs[part].add(needed.index - offset);
  };
  bodies.forEach((body, number) => walk(body, index => ask(partOf[number], index)));
  for (const { kind, index } of exports) if (kind === 0) ask(0, index);
  for (const index of named) ask(0, index);
  const slots = new Map([...new Set(stubs.flatMap(part => [...part]))].map((number, at) => [number, tables[0].min + at]));

  const unreachable = Buffer.from([0, 0x00, 0x0b]);
  const stub = (number, part) => {
    const before = partOf[number] > part ? [0x41, ...sleb(partOf[number]), 0x10, ...leb(needed.index)] : [];
    const params = Array.from({ length: types[kinds[number]] }, (_, at) => [0x20, ...leb(at)]).flat();
    return Buffer.from([0, ...before, ...params, 0x41, ...sleb(slots.get(number)), 0x11, ...leb(kinds[number]), 0, 0x0b]);
  };
  const code = part => vector(bodies.map((body, number) => {
    if (partOf[number] === part) return sized(body);
    return sized(stubs[part].has(number) ? stub(number, part) : unreachable);
  }));
  /** Fills the slots of the functions whose bodies stand in `part`. */
  const fill = part => [...slots].filter(([number]) => partOf[number] === part)
    .map(([number, slot]) => [0, 0x41, ...sleb(slot), 0x0b, 1, ...leb(number + offset)]);
  const constants = part => dataSection(data.flatMap(({ start, bytes }, number) => {
    if (dataParts[number] === part) return [{ number, start, bytes }];
    return isPoisoned && dataParts[number] > part ? [{ number, start, bytes: Buffer.alloc(bytes.length, 0xff) }] : [];
  }));
  const grown = tables.map((table, at) => {
    if (at) return table;
    const min = table.min + slots.size;
    return { ...table, min, max: table.max === null ? null : Math.max(table.max, min) };
  });

  // The first part hands everything over that the others import.
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
    11: constants(0),
    // How many data segments there are: nothing asks for it.
    12: null,
  });
  const functions = Buffer.concat([Buffer.from(leb(kinds.length)), ...kinds.map(kind => Buffer.from(leb(kind)))]);
  const later = LATER.map((_, at) => Buffer.concat([
    Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    section(1, module.sections.find(({ id }) => id === 1).body),
    section(2, vector(shared.map(({ name, kind, type }) => [...text('first'), ...text(name), kind, ...type]))),
    section(3, functions),
    section(9, vector(fill(at + 1))),
    section(10, code(at + 1)),
    section(11, constants(at + 1)),
  ]));
  return [first, ...later];
}

if (process.env.TRUNK_PROFILE === 'debug') process.exit(0);
const folder = process.argv[2] ?? process.env.TRUNK_STAGING_DIR ?? 'dist';
const wasm = (await readdir(folder)).find(name => /^app.*_bg\.wasm$/.test(name));
const bytes = await readFile(join(folder, wasm));
const module = parse(bytes);
if (module.data.length < 500) throw new Error('the constants have no segments of their own; see .cargo/config.toml and index.html');
const { partOf, pictures } = await profile(folder, wasm, module);
const parts = split(module, partOf);
for (const part of parts) if (!WebAssembly.validate(part)) await WebAssembly.compile(part);
const hash = part => createHash('sha256').update(part).digest('hex').slice(0, 16);
const names = parts.map((part, at) => at ? `${LATER[at - 1]}-${hash(part)}.wasm` : `app-${hash(part)}_bg.wasm`);
await rm(join(folder, wasm));
for (const [at, part] of parts.entries()) await writeFile(join(folder, names[at]), part);
const index = join(folder, 'index.html');
const integrity = `sha384-${createHash('sha384').update(parts[0]).digest('base64')}`;
const metas = names.slice(1).map(name => `<meta name="part" content="./${name}">`).join('');
const html = (await readFile(index, 'utf8'))
  .replace(/<link\b[^>]*\.wasm[^>]*>/, link => link.replace(wasm, names[0]).replace(/integrity=["']?[^\s>"']+["']?/, `integrity="${integrity}"`))
  .replace('</head>', `${metas}</head>`);
if (!names.every(name => html.includes(name))) throw new Error('index.html names no WebAssembly to split');
await writeFile(index, html);
await verify(folder, names, split(module, partOf, true), pictures);
console.log(`split: ${module.bodies.length} functions and ${module.data.length} constants, ${bytes.length} bytes`);
for (const [at, part] of parts.entries()) {
  console.log(`split: ${names[at]}: ${partOf.filter(it => it === at).length} functions, ${part.length} bytes`);
}
