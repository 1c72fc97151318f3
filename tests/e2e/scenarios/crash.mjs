// When WebAssembly fails, the reader learns what happened, keeps the text, and can start over.
import { assertAccessible, eventually } from '../browser.mjs';
import { Lab, PARTS } from '../lab.mjs';

export default async function ({ open }) {
  const opened = await open({ expectErrors: true });
  const lab = await new Lab(opened).ready();
  const { page } = lab;
  await page.locator(PARTS.editor).fill('kind: Mine\n');
  await page.evaluate(() => {
    const error = new WebAssembly.RuntimeError('unreachable executed');
    window.dispatchEvent(new ErrorEvent('error', { error, message: error.message }));
  });
  await page.waitForSelector('#crash');
  await assertAccessible(page);
  const kept = await page.locator('#crash textarea').inputValue();
  if (kept !== 'kind: Mine\n') throw new Error(`the kept text is ${JSON.stringify(kept)}`);
  if (!/unreachable executed/.test(await page.locator('#crash').innerText())) throw new Error('it does not say what happened');
  await page.getByRole('button', { name: 'Start over, keep my text' }).click();
  await page.waitForSelector('#crash', { state: 'detached' });
  await lab.ready();
  await eventually('the text is back', async () => await page.locator(PARTS.editor).inputValue() === 'kind: Mine\n');
}
