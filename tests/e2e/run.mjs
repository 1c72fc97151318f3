// Runs the end-to-end scenarios against the built page:
//   node tests/e2e/run.mjs [--dist FOLDER] [--lanes N] [NAME …]
// A scenario is a file of scenarios/ whose default export is an async function of { browser, site, open }.
// Two run at a time, each lane in a browser of its own: most of a scenario is waiting.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, open, root, serve } from './browser.mjs';

const words = process.argv.slice(2);
const option = name => { const at = words.indexOf(name); return at < 0 ? undefined : words.splice(at, 2)[1]; };
const dist = option('--dist') ?? join(root, 'dist');
const lanes = Number(option('--lanes') ?? 2);
const folder = join(root, 'tests/e2e/scenarios');
const names = (await readdir(folder)).filter(name => name.endsWith('.mjs')).map(name => name.slice(0, -4)).sort();
const chosen = words.length ? names.filter(name => words.includes(name)) : names;
if (chosen.length < words.length) {
  console.error(`no such scenario; there are: ${names.join(', ')}`);
  process.exit(2);
}

const LIMIT_MS = 180_000;
const site = await serve(dist);
let failed = 0;

/** Plays one scenario, and prints how it went. */
async function scenario(browser, name) {
  const started = Date.now();
  const opened = [];
  const tracked = async (options = {}) => {
    const lab = await open(browser, site, options);
    opened.push(lab);
    return lab;
  };
  let timer;
  try {
    const { default: play } = await import(join(folder, `${name}.mjs`));
    const limit = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`took longer than ${LIMIT_MS / 1000} s`)), LIMIT_MS);
    });
    await Promise.race([play({ browser, site, open: tracked }), limit]);
    for (const lab of opened) await lab.assertQuiet();
    console.log(`ok ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error.stack ?? error}`);
    for (const { faults } of opened) for (const fault of faults) console.log(`  ${fault}`);
  }
  clearTimeout(timer);
  for (const { context } of opened) await context.close();
}

const waiting = [...chosen];
await Promise.all(Array.from({ length: Math.min(lanes, chosen.length) }, async () => {
  const browser = await launch();
  for (let name; (name = waiting.shift());) await scenario(browser, name);
  await browser.close();
}));
await site.close();
console.log(`\ntest result: ${failed ? 'FAILED' : 'ok'}. ${chosen.length - failed} passed; ${failed} failed`);
process.exit(failed ? 1 : 0);
