// Both tutorials are followed with the mouse alone, by the guide's buttons, and with the keyboard alone.
import { eventually } from '../browser.mjs';
import { Lab, PARTS } from '../lab.mjs';

const prompt = page => page.locator(`${PARTS.consolePrompt} >> nth=0`);
const takesLines = page => async () => /[$#>:] ?$/.test(await prompt(page).innerText());
const all = page => page.locator(PARTS.consoleLog).innerText();

/** Plays every line of every step; `press` presses a button the way that is tried. Returns what the console says. */
async function follow(page, press) {
  const guide = page.locator('.guide');
  for (;;) {
    const count = await guide.locator('.guide-line').count();
    for (let line = 0; line < count; line += 1) {
      await press(guide.locator('.guide-line').nth(line));
      await eventually(`line ${line + 1} of “${await guide.locator('.guide-count').innerText()}” ends`, takesLines(page), 60_000);
      await eventually('the line is marked as done', async () => await guide.locator('.guide-line.is-done').count() > line);
    }
    // Whatever follows from the step has followed before the next one.
    const chip = page.locator('.controls .chip');
    await eventually('the cluster settles', async () => /settled|静止|安定/.test(await chip.first().innerText().catch(() => '')), 60_000);
    const next = guide.getByRole('button', { name: 'The next step' });
    if (await next.isDisabled()) return all(page);
    await press(next);
  }
}

const databases = said => said.split('show databases;').length - 1;

export default async function ({ open }) {
  const mouse = await open({ path: '?scenario=mariadb' });
  await (await new Lab(mouse).ready()).fastest();
  const click = locator => locator.click();
  const claims = await follow(mouse.page, click);
  const last = claims.slice(claims.lastIndexOf('kubectl get sts,pods,pvc'));
  for (const expected of [/storage-sts-mariadb-0 +Bound/, /storage-sts-mariadb-1 +Bound/]) {
    if (!expected.test(last)) throw new Error(`after the deletion the console lacks ${expected}:\n${last}`);
  }
  if (/pod\/|statefulset/.test(last)) throw new Error(`something is left:\n${last}`);

  // The other tutorial, chosen in the list.
  await mouse.page.locator('.head select').first().selectOption({ index: 2 });
  await eventually('the guide is the other one', async () => /1\/8/.test(await mouse.page.locator('.guide-count').innerText()));
  const healing = await follow(mouse.page, click);
  if (databases(healing) !== 2 || healing.split('| test1 ').length !== 3) {
    throw new Error(`the database is not there again after the pod came back:\n${healing}`);
  }
  if (!/Address: 10\.244\.0\.16/.test(healing)) throw new Error('the Service\'s name does not lead to the pod');

  // The keyboard: Tab until the button has the focus, then Enter.
  const keys = await open({ path: '?scenario=mariadb' });
  const lab = await new Lab(keys).ready();
  await lab.fastest();
  await keys.page.locator('.brand').click();
  const tab = async locator => {
    const target = await locator.elementHandle();
    for (let presses = 0; presses < 80; presses += 1) {
      if (await target.evaluate(it => it === document.activeElement)) return;
      await keys.page.keyboard.press('Tab');
    }
    throw new Error(`Tab never reaches ${await locator.innerText()}`);
  };
  const typed = await follow(keys.page, async locator => {
    await tab(locator);
    await keys.page.keyboard.press('Enter');
  });
  if (!/storage-sts-mariadb-1 +Bound/.test(typed.slice(typed.lastIndexOf('kubectl get sts,pods,pvc')))) {
    throw new Error(`by keyboard the tutorial ends otherwise:\n${typed}`);
  }
  // The other one, chosen with the arrow keys.
  await tab(keys.page.locator('.head select').first());
  await keys.page.keyboard.press('ArrowDown');
  await eventually('the guide is the other one', async () => /1\/8/.test(await keys.page.locator('.guide-count').innerText()));
  const healed = await follow(keys.page, async locator => {
    await tab(locator);
    await keys.page.keyboard.press('Enter');
  });
  if (databases(healed) !== 2 || healed.split('| test1 ').length !== 3) {
    throw new Error(`by keyboard the database is not there again:\n${healed}`);
  }
  // The guide goes and comes with a key of its own.
  await keys.page.locator('.clock').click();
  await keys.page.keyboard.press('g');
  await eventually('the guide is gone', async () => await keys.page.locator('.guide').count() === 0);
  await keys.page.reload();
  await lab.ready();
  await eventually('it stays away', async () => await keys.page.locator('.guide').count() === 0);
  await keys.page.keyboard.press('g');
  await eventually('the guide is there', async () => await keys.page.locator('.guide').count() === 1);
}
