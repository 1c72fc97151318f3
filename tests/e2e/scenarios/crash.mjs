// When WebAssembly panics, the reader learns what happened, keeps the text, and can start over.
import { assertAccessible, eventually } from '../browser.mjs';
import { Lab, PARTS, panic } from '../lab.mjs';

export default async function ({ open }) {
  const opened = await open({ expectErrors: true });
  const lab = await new Lab(opened).ready();
  const { page } = lab;
  await page.locator(PARTS.editor).fill('kind: Mine\n');
  await panic(page.locator('.lab'));
  const crash = page.locator('.crash');
  await eventually('the crash view', () => crash.isVisible());
  await assertAccessible(page);
  const kept = await crash.locator('textarea').inputValue();
  if (kept !== 'kind: Mine\n') throw new Error(`the kept text is ${JSON.stringify(kept)}`);
  if (!/panicked at/.test(await crash.innerText())) throw new Error('it does not say what happened');
  await page.getByRole('button', { name: 'Start over, keep my text' }).click();
  await eventually('the crash view is gone', async () => !(await crash.isVisible()) && await page.locator('.lab').count() === 1);
  await eventually('the text is back', async () => await page.locator(PARTS.editor).inputValue() === 'kind: Mine\n');
  const said = await lab.run('kubectl get nodes');
  if (!/node-a/.test(said)) throw new Error(`after the restart the cluster says:\n${said}`);
}
