// Versions of Kubernetes: one story under three of them side by side, also by a link, each with its reason; versions that
// nobody knows are refused in words; stored links keep the one they were made under.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually, root } from '../browser.mjs';
import { Lab } from '../lab.mjs';

const captions = page => page.locator('.picture-caption').allInnerTexts();
const reasons = page => page.locator('.picture-reason').allInnerTexts();
const has = (what, texts, ...words) => {
  for (const word of words) if (!texts.some(text => text.includes(word))) throw new Error(`${what}: no ${word} in ${JSON.stringify(texts)}`);
};

async function threeWays(open, lang, words) {
  const { page } = await open({ path: `?scenario=broken-parallel&lang=${lang}` });
  await new Lab({ page, faults: [] }).ready();
  await eventually('three pictures', async () => (await captions(page)).length === 3);
  await eventually('the versions are named', async () => {
    const texts = (await captions(page)).join(' ');
    return ['v1.35.0', 'v1.36', 'v1.37'].every(version => texts.includes(version));
  });
  await page.locator('.controls select.select').first().selectOption('6');
  await eventually('the broken pod blocks 1.35.0', async () => (await reasons(page)).some(text => text.includes('137409')), 60_000);
  has('the reasons', await reasons(page), ...words);
  // The mouse presses the way out that stands beside the picture, which it also moves by its background.
  await page.getByRole('button', { name: 'kubectl delete pod web-0' }).first().click();
  await eventually('the button types its line', async () => (await page.locator('.console-log').first().innerText()).includes('kubectl delete pod web-0'));
}

/** Side by side the stories are readable: no rule of the set is cut, the reasons are whole, and what differs is said. */
async function readable(open) {
  for (const [width, height] of [[1440, 900], [1024, 768]]) {
    for (const lang of ['en', 'ja']) {
      const { page, context } = await open({ path: `?scenario=broken-parallel&lang=${lang}`, viewport: { width, height } });
      await new Lab({ page, faults: [] }).ready();
      await eventually('three pictures', async () => (await captions(page)).length === 3);
      await page.locator('.controls select.select').first().selectOption('6');
      await eventually('the reasons are there', async () => (await reasons(page)).some(text => text.includes('137409')), 60_000);
      const facts = await page.locator('.scene .set .facts').allTextContents();
      const cut = facts.filter(text => text.includes('…'));
      if (cut.length) throw new Error(`${width} px, ${lang}: cut: ${cut.join('; ')}`);
      const wide = await page.locator('.picture-reason').evaluateAll(all => all.filter(it => it.scrollWidth > it.clientWidth + 1).length);
      if (wide) throw new Error(`${width} px, ${lang}: ${wide} reasons are wider than their picture`);
      // The own picture is what the others are held against.
      const marks = await page.locator('.picture-other .is-different').count();
      if (!marks) throw new Error('nothing is marked in the other pictures');
      await page.locator('.picture-differs summary').first().click();
      const said = await page.locator('.picture-differs li').allInnerTexts();
      has('what differs', said, 'web-0:');
      await context.close();
    }
  }
}

/** On a phone the stories lie below one another, each reason whole. */
async function narrow(open) {
  for (const lang of ['en', 'ja']) {
    const { page, context } = await open({ path: `?scenario=broken-parallel&lang=${lang}`, viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await new Lab({ page, faults: [] }).ready();
    await eventually('three pictures', async () => (await captions(page)).length === 3);
    await page.locator('.controls select.select').first().selectOption('6');
    await eventually('the reasons are there', async () => (await reasons(page)).some(text => text.includes('137409')), 60_000);
    const cut = await page.locator('.picture-reason:visible').evaluateAll(all => all.filter(it => it.scrollHeight > it.clientHeight + 1).map(it => it.textContent));
    if (cut.length) throw new Error(`390 px, ${lang}: cut: ${cut.join('; ')}`);
    await context.close();
  }
}

async function byLink(open) {
  const { page } = await open({ path: '?scenario=web&version=1.36&compare=1.37' });
  await new Lab({ page, faults: [] }).ready();
  await eventually('two pictures', async () => (await captions(page)).length === 2);
  has('the link', await captions(page), 'v1.36.2');
}

async function unknown(open) {
  for (const path of ['?version=9.9', '?scenario=web&compare=9.9', '?version=1.36&gates=Nothing=true']) {
    const { page } = await open({ path });
    await new Lab({ page, faults: [] }).ready();
    await eventually(`${path} is refused in words`, async () => (await page.locator('.notice').allInnerTexts()).some(text => /9\.9|Nothing/.test(text)));
  }
}

/** One link of each form that was ever written. */
async function stored(open) {
  for (const [name, version] of [['no_kubernetes', 'v1.36.2'], ['with_kubernetes', 'v1.37.0']]) {
    const link = (await readFile(join(root, 'tests/sessions', `${name}.link`), 'utf8')).trim();
    const lab = await new Lab(await open({ path: link })).ready();
    const said = await lab.run('kubectl version');
    if (!said.includes(`Server Version: ${version}`)) throw new Error(`${name}: ${said}`);
  }
}

export default async function ({ open }) {
  await threeWays(open, 'en', ['known limitation', 'web-2', 'kubectl delete pod web-0']);
  await threeWays(open, 'ja', ['既知の制限', 'kubectl delete pod web-0']);
  await readable(open);
  await narrow(open);
  await byLink(open);
  await unknown(open);
  await stored(open);
}
