// Runs the end-to-end scenarios against the built page:
//   node tests/e2e/run.mjs [--dist FOLDER] [NAME …]
// A scenario is a file of scenarios/ whose default export is an async function of { browser, site, open }.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, open, root, serve } from './browser.mjs';

const words = process.argv.slice(2);
const at = words.indexOf('--dist');
const dist = at < 0 ? join(root, 'dist') : words.splice(at, 2)[1];
const folder = join(root, 'tests/e2e/scenarios');
const names = (await readdir(folder)).filter(name => name.endsWith('.mjs')).map(name => name.slice(0, -4)).sort();
const chosen = words.length ? names.filter(name => words.includes(name)) : names;
if (chosen.length < words.length) {
  console.error(`no such scenario; there are: ${names.join(', ')}`);
  process.exit(2);
}

const LIMIT_MS = 120_000;
const site = await serve(dist);
const browser = await launch();
let failed = 0;
for (const name of chosen) {
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
await browser.close();
await site.close();
console.log(`\ntest result: ${failed ? 'FAILED' : 'ok'}. ${chosen.length - failed} passed; ${failed} failed`);
process.exit(failed ? 1 : 0);
