// Bad input gets a clear message in its place; the cluster and the text stay as they are; the page does not freeze.
import { eventually } from '../browser.mjs';
import { Lab, PARTS, manifest } from '../lab.mjs';

export default async function ({ open }) {
  const lab = await new Lab(await open()).ready();
  const { page } = lab;
  const editor = page.locator(PARTS.editor);
  await lab.fastest();
  await lab.until('kubectl get sts web', /web +3\/3/);
  const web = await manifest('web');

  const refused = async (what, text, pattern) => {
    await editor.fill(text);
    await eventually(`${what} is marked`, async () => await page.locator('.problem').count() > 0);
    const { count } = await lab.last();
    await editor.press('Control+Enter');
    await eventually(`${what} is refused`, async () => {
      const { said, count: now } = await lab.last();
      return now > count && pattern.test(said);
    });
    if (await editor.inputValue() !== text) throw new Error(`${what}: the text was changed`);
    const said = await lab.run('kubectl get sts web');
    if (!/web +3\/3/.test(said)) throw new Error(`${what}: the cluster was changed:\n${said}`);
  };
  await refused('invalid YAML', web.replace('spec:\n  serviceName', 'spec\n  serviceName'), /error/);
  await refused('another kind', 'apiVersion: apps/v1\nkind: Deploy\nmetadata:\n  name: x\n', /no matches for kind "Deploy"/);
  await refused('a typo in a field', web.replace('replicas: 3', 'replica: 3'), /unknown field "spec\.replica"/);

  for (const [line, pattern] of Object.entries({
    'kubectl scale sts/web --replicas=abc': /invalid argument "abc"/,
    'kubectl scale sts/web --replica=2': /unknown flag: --replica/,
    'kubectl gte pods': /unknown command "gte"/,
    'kubectl get pod nope': /pods "nope" not found/,
  })) {
    const said = await lab.run(line);
    if (!pattern.test(said)) throw new Error(`${line}:\n${said}`);
  }

  // 10 MB from the clipboard: refused before it is read.
  await editor.fill(web);
  const started = Date.now();
  await editor.evaluate(area => {
    const data = new DataTransfer();
    data.setData('text', 'a: b\n'.repeat(2_000_000));
    area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await eventually('the refusal', async () => /10\.0 MB/.test(await page.locator('.editor-message').innerText()));
  if (Date.now() - started > 3000) throw new Error(`a paste of 10 MB took ${Date.now() - started} ms`);
  if (await editor.inputValue() !== web) throw new Error('the paste changed the text');

  // More pods than anybody can have: the page stays alive.
  await editor.fill(web.replace('replicas: 3', 'replicas: 2147483647'));
  await editor.press('Control+Enter');
  await lab.wait(2000);
  const asked = Date.now();
  await lab.run('kubectl get sts web');
  if (Date.now() - asked > 5000) throw new Error(`a command took ${Date.now() - asked} ms with 2147483647 replicas`);
}
