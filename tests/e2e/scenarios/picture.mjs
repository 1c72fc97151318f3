// The picture follows what happens: keyboard, inspector, commands, timeline, log, and the view by node.
import { eventually } from '../browser.mjs';
import { Lab } from '../lab.mjs';

export default async function ({ open }) {
  const lab = await new Lab(await open()).ready();
  const { page } = lab;
  await lab.fastest();
  const pod = name => page.locator(`.scene .pod > [aria-label^="Pod ${name},"]`);
  const claim = name => page.locator(`.scene .claim > [aria-label^="PersistentVolumeClaim ${name},"]`);
  const says = (locator, pattern) => async () => pattern.test(await locator.getAttribute('aria-label') ?? '');
  await eventually('three pods are ready', says(pod('web-2'), /Running, running and ready/));

  // The keyboard: one stop for Tab, arrows between things, Enter opens.
  if (await page.locator('.scene [tabindex="0"]').count() !== 1) throw new Error('Tab stops in the picture more than once');
  await pod('web-0').focus();
  await page.keyboard.press('ArrowRight');
  await eventually('the right arrow leads to web-1', says(page.locator(':focus'), /^Pod web-1,/));
  await page.keyboard.press('ArrowDown');
  await eventually('the down arrow leads to its claim', says(page.locator(':focus'), /^PersistentVolumeClaim www-web-1,/));
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  const inspector = page.locator('.inspector');
  await eventually('the inspector shows web-1', async () => /web-1/.test(await inspector.innerText()));

  // A button runs its command in the console; the pod that follows is another one of the same name.
  const uid = () => inspector.locator('dt', { hasText: 'UID' }).locator('xpath=following-sibling::dd[1]').innerText();
  const before = await uid();
  await inspector.locator('.ins-command', { hasText: 'kubectl delete pod web-1' }).first().click();
  await eventually('another web-1 is ready', async () =>
    await says(pod('web-1'), /running and ready/)() && await uid() !== before);

  // A claim stays in its column when its pod goes.
  await lab.run('kubectl scale sts/web --replicas=1');
  const outline = page.locator('.scene .pod.absent', { hasText: 'web-2' });
  await eventually('the column of web-2 has no pod', async () => /no Pod/.test(await outline.first().textContent()));
  await eventually('its claim is kept', says(claim('www-web-2'), /Bound.*unused since/));

  // The timeline goes back to when it was there.
  await lab.press('Space');
  const slider = page.locator('.tl-slider');
  await slider.focus();
  const end = Number(await slider.inputValue());
  await slider.evaluate((it, value) => { it.value = value; it.dispatchEvent(new InputEvent('input', { bubbles: true })); }, String(end - 500));
  await slider.evaluate((it, value) => { it.value = value; it.dispatchEvent(new InputEvent('input', { bubbles: true })); }, '17000');
  await eventually('web-2 is there again', says(pod('web-2'), /running and ready/));

  // The log says it in words; the nodes are drawn with their pods.
  await page.locator('.log-button').click();
  await eventually('the log speaks', async () => /web-2 is Running and ready; 3 of 3 ready\./.test(await page.locator('.live').innerText()));
  await page.getByText('By node', { exact: true }).click();
  await eventually('three nodes are drawn', async () => await page.locator('.scene .node').count() === 3);
}
