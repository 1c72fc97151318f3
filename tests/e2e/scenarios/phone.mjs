// A phone shows one panel at a time; everything to be touched is large enough; output keeps its columns. In any window
// the pods are in sight, or a scroll away.
import { eventually } from '../browser.mjs';
import { Lab } from '../lab.mjs';

/** The part of `selector` that is in sight: 1 is all of it. */
const inSight = (page, selector) => page.locator(selector).first().evaluate(it => {
  const box = it.getBoundingClientRect();
  let [top, bottom] = [box.top, box.bottom];
  for (let outer = it.parentElement; outer; outer = outer.parentElement) {
    if (getComputedStyle(outer).overflowY === 'visible') continue;
    const frame = outer.getBoundingClientRect();
    [top, bottom] = [Math.max(top, frame.top), Math.min(bottom, frame.bottom)];
  }
  return Math.max(0, bottom - top) / box.height;
});

async function windows(open) {
  const sizes = { laptop: [1280, 720], tablet: [1024, 768], 'desk at 200 %': [720, 450], 'phone on its side': [844, 390] };
  for (const [name, [width, height]] of Object.entries(sizes)) {
    const { page, context } = await open({ viewport: { width, height } });
    await new Lab({ page }).ready();
    const pod = '.scene .pod:not(.absent)';
    await eventually(`${name}: a pod is drawn`, async () => await page.locator(pod).count() > 0);
    if (height < 500) await page.locator(pod).first().scrollIntoViewIfNeeded();
    // A pod that comes in moves.
    await eventually(`${name}: the pod is in sight`, async () => await inSight(page, pod) > .95);
    const isWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (isWide) throw new Error(`${name}: the page is wider than its window`);
    await context.close();
  }
}

/** What the head offers is whole: nothing of a choice is cut, and the rest is behind one button. */
async function head(open) {
  for (const lang of ['en', 'ja']) {
    const { page, context } = await open({ path: `?scenario=web&lang=${lang}`, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await new Lab({ page }).ready();
    const menu = page.locator('.head-menu');
    if (await page.locator('.head-rest').isVisible()) throw new Error('the rest is there before somebody asks');
    await menu.tap();
    await page.locator('.head-rest').waitFor();
    const cut = await page.locator('.head-rest :is(select, .tool)').evaluateAll(all => all
      .filter(it => it.scrollWidth > it.clientWidth + 1 || it.getBoundingClientRect().right > innerWidth).map(it => it.getAttribute('aria-label')));
    if (cut.length) throw new Error(`${lang}: cut in the menu: ${cut.join(', ')}`);
    await page.keyboard.press('Escape');
    await eventually('Escape closes the menu', async () => !await page.locator('.head-rest').isVisible());
    const isBack = await menu.evaluate(it => it.getRootNode().activeElement === it);
    if (!isBack) throw new Error('the focus is not back at the button');
    await menu.tap();
    await page.locator('.head-rest .tool').last().tap();
    await page.locator('.dialog').waitFor();
    await context.close();
  }
}

export default async function ({ open }) {
  await head(open);
  const opened = await open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const { page } = await new Lab(opened).ready();
  const panels = [['Picture', '.stage'], ['Manifest', '.editor'], ['Console', '.console']];
  for (const [name, panel] of panels) {
    await page.locator('.tabs').getByRole('button', { name }).tap();
    for (const [, other] of panels) {
      const visible = await page.locator(other).first().isVisible();
      if (visible !== (other === panel)) throw new Error(`tab ${name}: ${other} is ${visible ? '' : 'not '}visible`);
    }
    const small = await page.evaluate(() => [...document.querySelectorAll('button, select, label.tool')]
      .map(it => [it.getAttribute('aria-label') || it.textContent || it.className, it.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && (box.height < 24 || box.width < 24))
      .map(([name, box]) => `${name} ${box.width}×${box.height}`));
    if (small.length) throw new Error(`tab ${name}: too small to touch: ${small.join('; ')}`);
  }
  const wraps = await page.locator('.console .line').evaluateAll(lines => lines.filter(it => it.offsetHeight > 30).length);
  if (wraps) throw new Error(`${wraps} lines of output are broken`);
  await windows(open);
}
