// What was typed survives a reload; a broken or an older store starts clean and says so.
import { eventually } from '../browser.mjs';
import { Lab, PARTS } from '../lab.mjs';

export default async function ({ open }) {
  const opened = await open();
  const lab = await new Lab(opened).ready();
  const { page } = lab;
  await lab.run('kubectl get nodes');
  const text = `# mine\n${await page.locator(PARTS.editor).inputValue()}`;
  await page.locator(PARTS.editor).fill(text);
  await lab.wait(1200);
  await page.reload();
  await lab.ready();
  await eventually('the text is back', async () => await page.locator(PARTS.editor).inputValue() === text);
  await eventually('the console is back', async () => (await lab.last()).typed.includes('kubectl get nodes'));

  for (const broken of ['{"version":0}', 'not JSON at all']) {
    await page.evaluate(() => window.addEventListener('pagehide', event => event.stopImmediatePropagation(), true));
    await page.evaluate(broken => {
      const set = Storage.prototype.setItem;
      // The tab has it and, for new tabs, the browser.
      for (const storage of [localStorage, sessionStorage]) set.call(storage, 'statefulset-lab/session', broken);
      Storage.prototype.setItem = () => {};
    }, broken);
    await page.reload();
    await lab.ready();
    const notice = await eventually('the notice', () => page.locator('.notice').innerText().catch(() => ''));
    if (!/fresh start/.test(notice)) throw new Error(`the notice says: ${notice}`);
  }
}
