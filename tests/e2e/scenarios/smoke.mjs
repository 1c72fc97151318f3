// The page starts quietly: the skeleton gives way to the app, and axe finds nothing.
import { assertAccessible } from '../browser.mjs';

export default async function ({ open }) {
  const { page } = await open();
  await page.waitForSelector('.app .console');
  await assertAccessible(page);
}
