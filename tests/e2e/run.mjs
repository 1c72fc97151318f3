// Runs the end-to-end scenarios against the built page:
//   node tests/e2e/run.mjs [--dist FOLDER] [--lanes N] [NAME …]
// A scenario is a file of scenarios/ whose default export is an async function of { browser, site, open }.
// Two run at a time, each lane in a browser of its own: most of a scenario is waiting. What failed is played once more
// when the others are done: a crowded machine is no fault of the page, and what fails alone as well is one.
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

const LIMIT_MS = 600_000;
const site = await serve(dist);

/** Plays one scenario, prints how it went, and returns whether it passed. */
async function scenario(browser, name) {
  const started = Date.now();
  const opened = [];
  const tracked = async (options = {}) => {
    const lab = await open(browser, site, options);
    opened.push(lab);
    return lab;
  };
  let timer;
  let passed = true;
  try {
    const { default: run } = await import(join(folder, `${name}.mjs`));
    const limit = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`took longer than ${LIMIT_MS / 1000} s`)), LIMIT_MS);
    });
    await Promise.race([run({ browser, site, open: tracked }), limit]);
    for (const lab of opened) await lab.assertQuiet();
    console.log(`ok ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    passed = false;
    console.log(`FAILED ${name}: ${String(error.stack ?? error).slice(0, 4000)}`);
    for (const { faults } of opened) for (const fault of faults) console.log(`  ${fault}`);
  }
  clearTimeout(timer);
  for (const { context } of opened) await context.close();
  return passed;
}

/** Plays the scenarios in `count` lanes, and returns the names of those that failed. */
async function play(names, count) {
  const waiting = [...names];
  const failed = [];
  await Promise.all(Array.from({ length: Math.min(count, names.length) }, async () => {
    const browser = await launch();
    for (let name; (name = waiting.shift());) if (!await scenario(browser, name)) failed.push(name);
    await browser.close();
  }));
  return failed;
}

const once = await play(chosen, lanes);
if (once.length) console.log(`once more, one at a time: ${once.join(', ')}`);
const failed = (await play(once, 1)).length;
await site.close();
console.log(`\ntest result: ${failed ? 'FAILED' : 'ok'}. ${chosen.length - failed} passed; ${failed} failed`);
process.exit(failed ? 1 : 0);
