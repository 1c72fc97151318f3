// The page in all its dresses: quiet, accessible, its own size, nothing cut off.
import { assertAccessible } from '../browser.mjs';
import { Lab } from '../lab.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Fails when the page itself scrolls sideways: wide things scroll inside their panel. */
async function assertFits(page, what) {
  const [inside, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  if (inside > window) throw new Error(`${what}: the page is ${inside} px wide in a window of ${window} px`);
}

/** Fails when a button or a choice of the head or above the picture is cut off at some width. */
async function assertReachable(page, widths) {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 700 });
    await page.waitForTimeout(200);
    const cut = await page.locator('.head .tool, .head .select, .picture-tools button').evaluateAll(all => all
      .filter(it => it.checkVisibility() && it.getBoundingClientRect().right > innerWidth).map(it => it.textContent || it.ariaLabel));
    if (cut.length) throw new Error(`in ${width} px these are cut off: ${cut.join(', ')}`);
  }
}

export default async function ({ open }) {
  const dresses = {
    light: { colorScheme: 'light' },
    dark: { colorScheme: 'dark' },
    japanese: { locale: 'ja-JP' },
    'at 200 %': { viewport: { width: 720, height: 450 } },
    phone: PHONE,
  };
  for (const [name, options] of Object.entries(dresses)) {
    const opened = await open(options);
    const lab = await new Lab(opened).ready();
    await lab.wait(1200);
    await assertFits(lab.page, name);
    await assertAccessible(lab.page).catch(error => { throw new Error(`${name}: ${error.message}`); });
    if (name === 'light' || name === 'japanese') await assertReachable(lab.page, [800, 880, 960, 1100, 1280]);
  }
  const { page } = await open();
  await page.waitForSelector('.console-input');
  await page.locator('.head').click({ position: { x: 940, y: 20 } });
  await page.keyboard.press('?');
  await page.waitForSelector('dialog[open]');
  await assertAccessible(page);
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
}
