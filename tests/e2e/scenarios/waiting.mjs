// While a command waits, nothing is swallowed: lines that are typed, the guide's buttons, Apply.
import { eventually } from '../browser.mjs';
import { Lab, PARTS } from '../lab.mjs';

export default async function ({ open }) {
  const opened = await open({ path: '?scenario=web' });
  const { page } = opened;
  const lab = await new Lab(opened).ready();
  await lab.fastest();
  const log = () => page.locator(PARTS.consoleLog).innerText();
  const says = (what, text) => eventually(what, async () => (await log()).includes(text), 30_000);
  await lab.until('kubectl get pods', /web-2 +1\/1/);

  // A watch makes room for what is typed, and goes on with its lines marked.
  await lab.run('kubectl get pods -w', { waits: false });
  await page.locator('.console-waits', { hasText: 'kubectl get pods -w' }).waitFor();
  await lab.run('kubectl scale sts web --replicas=4');
  await says('the watch goes on behind the prompt', '[1] web-3');
  await page.locator('.console-job').click();
  await eventually('its button ends it', async () => await page.locator('.console-job').count() === 0);

  // A command that ends keeps what is typed behind it, in sight.
  await lab.run('kubectl delete pvc www-web-0', { waits: false });
  const input = page.locator(PARTS.consoleInput);
  await input.pressSequentially('kubectl scale sts web --replicas=2');
  await input.press('Enter');
  await page.locator('.console-queue li', { hasText: 'kubectl scale sts web --replicas=2' }).waitFor();
  await page.locator('.console .button', { hasText: 'Ctrl+C' }).click();
  await says('what was typed runs', '$ kubectl scale sts web --replicas=2\nstatefulset.apps/web scaled');

  // The guide and Apply do what they say at once.
  await lab.run('kubectl get pods -w', { waits: false });
  await page.locator('.guide-line').first().click();
  await says('the guide\'s line runs', 'persistentvolumeclaim/www-web-1');
  await lab.run('kubectl delete pvc www-web-1', { waits: false });
  await page.locator(PARTS.editor).press('Control+Enter');
  await says('the editor\'s text is applied', 'service/nginx unchanged');
}
