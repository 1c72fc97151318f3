// A real trap of the module, no panic: its memory is at its end. The crash view comes, with the text kept.
import { eventually } from '../browser.mjs';
import { Lab, PARTS } from '../lab.mjs';
import { goesOn } from '../stalls.mjs';

/** Lets the module's memory be had by nobody else: what it asks for next, it does not get, and it traps. */
const holdMemories = () => {
  const memories = window.labMemories = [];
  const instantiate = WebAssembly.instantiate;
  WebAssembly.instantiate = async (...given) => {
    const made = await instantiate(...given);
    memories.push((made.instance ?? made).exports.memory);
    return made;
  };
};

export default async function ({ open }) {
  const opened = await open({ path: '?scenario=web', expectErrors: true, prepare: page => page.addInitScript(holdMemories) });
  const { page } = opened;
  const lab = await new Lab(opened).ready();
  await page.locator(PARTS.editor).fill('kind: Mine\n');
  await page.evaluate(() => window.labMemories.forEach(memory => {
    // All that a module of 32 bits can have.
    try { memory.grow(65_536 - memory.buffer.byteLength / 65_536); } catch { /* The browser has no more either. */ }
  }));
  await lab.run('x=$(seq 1 9999); for i in $(seq 1 90); do echo "$x" > f$i; done', { waits: false }).catch(() => {});
  const crash = page.locator('.crash');
  await eventually('the crash view', () => crash.isVisible(), 20_000);
  const kept = await crash.locator('textarea').inputValue();
  if (kept !== 'kind: Mine\n') throw new Error(`the kept text is ${JSON.stringify(kept)}`);
  await page.getByRole('button', { name: 'Start over, keep my text' }).click();
  await eventually('it runs again', async () => !(await crash.isVisible()) && await page.locator('.lab').count() === 1);
  await eventually('the text is back', async () => await page.locator(PARTS.editor).inputValue() === 'kind: Mine\n');
  await goesOn(new Lab(opened), 'the crash');
}
