// The language changes at once, is remembered, and follows the browser and the address.
import { eventually } from '../browser.mjs';

const heading = page => page.locator('.console h2').innerText();
const lang = page => page.evaluate(() => document.documentElement.lang);

async function expect(page, text, tag) {
  await eventually(`the console is called ${text}`, async () => await heading(page) === text);
  if (await lang(page) !== tag) throw new Error(`html lang is ${await lang(page)}, not ${tag}`);
}

export default async function ({ open }) {
  const english = await open();
  await english.page.waitForSelector('.console-input');
  await expect(english.page, 'Console', 'en');
  await english.page.getByLabel('Language').selectOption('ja');
  await expect(english.page, 'コンソール', 'ja');
  await english.page.reload();
  await english.page.waitForSelector('.console-input');
  await expect(english.page, 'コンソール', 'ja');

  const browser = await open({ locale: 'ja-JP' });
  await browser.page.waitForSelector('.console-input');
  await expect(browser.page, 'コンソール', 'ja');

  const address = await open({ path: '?lang=ja' });
  await address.page.waitForSelector('.console-input');
  await expect(address.page, 'コンソール', 'ja');
}
