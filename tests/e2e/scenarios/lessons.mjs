// Lessons: a newcomer plays the first one with the mouse alone, another by keyboard alone, a third on a phone in Japanese;
// the gallery, progress that survives a reload, and lessons of one's own by file, address and link.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertAccessible, eventually, root } from '../browser.mjs';
import { Lab, PARTS } from '../lab.mjs';

const guide = page => page.locator('.guide');
const count = page => page.locator('.guide-count').innerText();
const next = page => page.locator('.guide-next');
const isDone = page => async () => await next(page).getAttribute('aria-disabled') === 'false';
const takesLines = page => async () => /[$#>:] ?$/.test(await page.locator(`${PARTS.consolePrompt} >> nth=0`).innerText());

/** Takes a lesson to its end as a reader does: predicts, presses the lines, waits, goes on. `press` presses a button. */
async function play(page, press) {
  const verdicts = [];
  for (let step = 0; step < 20 && await page.locator('.guide-learned').count() === 0; step += 1) {
    const choice = page.locator('.guide-choice').last();
    if (await choice.count()) await press(choice);
    const show = page.getByRole('button', { name: /^(Show me|答えを見る)$/ });
    if (await page.locator('.guide-line').count() === 0 && await show.count()) await press(show);
    const lines = await page.locator('.guide-line').count();
    const wait = page.locator('.guide-wait');
    for (let line = 0; line < lines; line += 1) {
      // A line below a goal comes with it.
      const button = page.locator('.guide-line').nth(line);
      await eventually(`line ${line + 1} of ${await count(page)} is offered`, async () => {
        if (await button.getAttribute('aria-disabled') === 'false') return true;
        if (await wait.count()) await press(wait).catch(() => {});
        return false;
      }, 60_000);
      await press(button);
      await eventually(`line ${line + 1} of ${await count(page)} is marked as run`, async () => await page.locator('.guide-line.is-done').count() > line);
      // The step did what it says: its line stands in the console, as typed.
      const wanted = await page.locator('.guide-line code').nth(line).innerText();
      const typed = async () => (await page.locator('.console .typed').allTextContents()).join('\n').replace(/\u200b/g, '');
      await eventually(`\`${wanted}\` was typed`, async () => (await typed()).includes(wanted));
    }
    await eventually(`it goes on in ${await count(page)}`, async () => await isDone(page)() || await wait.count() > 0, 30_000);
    // It may be done by itself before the button is reached.
    if (!await isDone(page)() && await wait.count()) await press(wait).catch(() => {});
    await eventually(`${await count(page)} is done`, isDone(page), 30_000);
    if (await page.locator('.guide-goal:not(.is-done)').count()) throw new Error(`a goal of ${await count(page)} is open`);
    if (await page.locator('.guide-verdict').count()) verdicts.push(await page.locator('.guide-asked').innerText());
    await press(next(page));
  }
  return verdicts;
}

/** Presses with the keyboard alone: Tab until the button has the focus, then Enter. */
const keyboard = page => async locator => {
  const target = await locator.elementHandle({ timeout: 5000 });
  for (let presses = 0; presses < 160; presses += 1) {
    if (await target.evaluate(it => it === document.activeElement)) return page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab never reaches ${await locator.innerText()}`);
};

export default async function ({ open, site }) {
  // The mouse alone, from the page as a newcomer opens it.
  const mouse = await open();
  const { page } = mouse;
  const lab = await new Lab(mouse).ready();
  await eventually('the first lesson is there', async () => await page.locator('.guide-title').count() === 1);
  await lab.fastest();
  await assertAccessible(page, { preload: false });
  const click = locator => locator.click({ timeout: 5000 });
  const verdicts = await play(page, click);
  if (verdicts.length !== 3 || !verdicts.every(it => /You expected|You were right/.test(it) && /Why, in this very run:\s+\d/.test(it))) {
    throw new Error(`the predictions are not explained:\n${verdicts.join('\n--\n')}`);
  }
  if (await page.locator('.guide-learned li').count() !== 4) throw new Error('the end does not say what was learned');
  const following = page.locator('.guide-following');
  await eventually('the end says what comes next', async () => await following.count() === 1);
  const title = await following.innerText();
  await following.click();
  await eventually('the next lesson is there', async () => await page.locator('.guide-head h2').innerText() === title.trim());

  // The gallery has pictures and marks; Escape closes it and nothing behind it can be reached.
  await page.locator('.guide-button').click();
  await eventually('every lesson has a card', async () => await page.locator('.gallery .card').count() >= 27);
  await assertAccessible(page, { preload: false });
  const pictures = await page.locator('.card img').evaluateAll(async images => {
    images.forEach(image => { image.loading = 'eager'; });
    await Promise.all(images.map(image => image.decode()));
    return images.filter(image => image.naturalWidth > 0).length;
  });
  if (pictures < 27) throw new Error(`only ${pictures} lessons have a picture`);
  await eventually('the tour is marked', async () => /done/.test(await page.locator('.card', { hasText: 'A first tour' }).innerText()));
  await page.keyboard.press('Escape');
  await eventually('the gallery is closed', async () => await page.locator('.gallery').count() === 0);

  // Progress survives a reload, whoever typed what.
  await lab.run('kubectl scale sts/sts-mariadb --replicas 2');
  await eventually('the first steps are done', async () => await page.locator('.guide-marks .is-done').count() === 2, 30_000);
  await page.waitForTimeout(1200);
  await page.reload();
  await lab.ready();
  await eventually('the step after is at hand', async () => /3 of 5/.test(await count(page)));

  // The lesson goes and comes with a key, and stays away where it was put away.
  await page.locator('.clock').click();
  await page.keyboard.press('g');
  await eventually('the lesson is hidden', async () => await guide(page).count() === 0);
  await page.locator('.clock').click();
  await page.keyboard.press('g');
  await eventually('the lesson is there', async () => await guide(page).count() === 1);

  // A file of one's own; a broken one is refused at its line, and the lesson at hand stays.
  const own = (await readFile(join(root, 'www/docs/en/lessons.md'), 'utf8')).split('\n````markdown\n')[1].split('\n````\n')[0];
  await page.locator('.guide-button').click();
  const file = text => page.locator('.gallery input[type=file]').setInputFiles({ name: 'shops.md', mimeType: 'text/markdown', buffer: Buffer.from(text) });
  await file(own.replace('--for=condition=Ready pod/shop-2', 'pod/shop-2'));
  await eventually('the fault is named', async () => /Line \d+ of the lesson: a goal is what/.test(await page.locator('.gallery .notice').innerText()));
  await file(own);
  await eventually('the lesson is open', async () => await page.locator('.guide-head h2').innerText() === 'Two shops');
  // And as a link that holds everything, opened by somebody else.
  const link = await page.evaluate(async () => {
    document.querySelector('.head [aria-label^="Copy a link"]').click();
    for (let wait = 0; wait < 100 && !location.hash; wait += 1) await new Promise(resolve => setTimeout(resolve, 50));
    return location.href;
  });
  const pupil = await open({ path: link.slice(site.url.length) });
  await new Lab(pupil).ready();
  await eventually('the link opens the lesson', async () => await pupil.page.locator('.guide-head h2').innerText() === 'Two shops');
  await (new Lab(pupil)).fastest();
  await play(pupil.page, click);

  // The keyboard alone: the gallery, a card, the whole lesson.
  const keys = await open({ path: '?lesson=parallel' });
  await (await new Lab(keys).ready()).fastest();
  const press = keyboard(keys.page);
  await keys.page.locator('.clock').click();
  await keys.page.keyboard.press('l');
  await eventually('the gallery is open', async () => await keys.page.locator('.gallery .card').count() > 20);
  await press(keys.page.locator('.card', { hasText: 'Scaling that waits' }));
  await eventually('the lesson is open', async () => await keys.page.locator('.guide-head h2').innerText() === 'Scaling that waits');
  await play(keys.page, press);
  await eventually('the end is there', async () => await keys.page.locator('.guide-learned li').count() === 2);

  // A phone, in Japanese, by an address of the lesson.
  const phone = await open({ path: '?lesson=lessons/canary.txt', viewport: { width: 390, height: 844 }, locale: 'ja-JP', hasTouch: true, isMobile: true });
  await (await new Lab(phone).ready()).fastest();
  const japanese = await play(phone.page, locator => locator.tap({ timeout: 5000 }));
  if (!japanese.every(it => /この実行での理由/.test(it))) throw new Error(`no reasons in Japanese:\n${japanese.join('\n')}`);
  await eventually('the end is Japanese', async () => /学んだこと/.test(await guide(phone.page).innerText()));
  await eventually('the console takes lines', takesLines(phone.page));

  // What is no lesson of this site is refused in words, and the lab begins as usual.
  for (const [address, words] of [['https://elsewhere.example/x.md', /only from the site/], ['index.html', /no such lesson/]]) {
    const refused = await open({ path: `?lesson=${encodeURIComponent(address)}` });
    await new Lab(refused).ready();
    await eventually(`${address} is refused`, async () => words.test(await refused.page.locator('.notices').innerText()));
  }
}
