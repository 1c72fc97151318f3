// What the reader made is kept: over scenarios, links, reloads, two tabs of the browser, and as a file.
import { readFile } from 'node:fs/promises';
import { eventually } from '../browser.mjs';
import { Lab, PARTS } from '../lab.mjs';

const saved = page => eventually('the session is stored', () => page.evaluate(() => Boolean(localStorage.getItem('statefulset-lab/session'))));
const openList = page => page.locator('.head [aria-label="Sessions"]').click();

async function scenario(open, site) {
  const opened = await open({ path: '?scenario=web', acceptDownloads: true });
  const { page } = opened;
  const lab = await new Lab(opened).ready();
  await lab.run('kubectl create ns mine');
  await page.locator(PARTS.editor).fill('kind: ConfigMap\napiVersion: v1\nmetadata: {name: pasted}\n');
  await page.locator('.chip', { hasText: 'edited' }).waitFor();

  // Choosing a scenario keeps both, and one click brings them back.
  await page.locator('.head select').first().selectOption('1');
  await page.locator('.notice', { hasText: 'kept in the list of sessions' }).waitFor();
  await page.locator('.file-name', { hasText: 'pasted.yaml' }).waitFor();
  await page.locator('.notice .button', { hasText: 'Bring it back' }).click();
  if (!(await lab.run('kubectl get ns')).includes('mine')) throw new Error('the session did not come back');
  if (!(await page.locator(PARTS.editor).inputValue()).includes('pasted')) throw new Error('the text did not come back');

  // The address asks once: a reload shows what was made of it.
  await page.waitForTimeout(1000);
  await page.reload();
  await lab.ready();
  if (!(await lab.run('kubectl get ns')).includes('mine')) throw new Error('a reload began the scenario anew');

  // Start over, by its key; the list has it, and opens it.
  await page.locator('.picture-scroll').focus();
  await page.keyboard.press('r');
  await page.locator('.notice', { hasText: 'kept' }).waitFor();
  // It covers nothing of the picture, and goes by itself once nobody points at it.
  await page.locator('.notice').hover();
  const [note, stage] = [await page.locator('.notice').boundingBox(), await page.locator('.stage').boundingBox()];
  if (note.y < stage.y + stage.height) throw new Error(`the notice lies over the picture: ${JSON.stringify({ note, stage })}`);
  await page.waitForTimeout(14_000);
  if (await page.locator('.notice').count() !== 1) throw new Error('the notice went while somebody pointed at it');
  await page.mouse.move(10, 10);
  await eventually('the notice goes by itself', async () => await page.locator('.notice').count() === 0, 20_000);
  await openList(page);
  await page.locator('.session-open', { hasText: /today \d+:\d\d, web, 1 branch/ }).click();
  if (!(await lab.run('kubectl get ns')).includes('mine')) throw new Error('the list opened another session');

  // As a file, and back in another browser; a bad file changes nothing.
  await openList(page);
  const download = page.waitForEvent('download');
  await page.locator('.session-tools .button', { hasText: 'Save this session' }).click();
  const file = await (await download).path();
  const text = await readFile(file, 'utf8');
  const other = await open({ path: '?scenario=mariadb' });
  const there = await new Lab(other).ready();
  await openList(other.page);
  const choose = body => other.page.locator('.session-import input').setInputFiles({ name: 'it.json', mimeType: 'application/json', buffer: Buffer.from(body) });
  await choose('kind: Pod');
  await other.page.locator('.notice', { hasText: 'could not be opened' }).waitFor();
  await openList(other.page);
  await choose(text);
  if (!(await there.run('kubectl get ns')).includes('mine')) throw new Error('the file opened another session');

  // A second tab of the same browser has a session of its own.
  const second = await page.context().newPage();
  await second.goto(site.url);
  const beside = await new Lab({ page: second, faults: [] }).ready();
  await beside.run('kubectl create ns second');
  await saved(second);
  await second.waitForTimeout(1000);
  await page.reload();
  await lab.ready();
  const seen = await lab.run('kubectl get ns');
  if (!seen.includes('mine') || seen.includes('second')) throw new Error(`the tabs share a session:\n${seen}`);
}

/** A link is shown as it was, goes on from there over reloads, and keeps what was there before. */
async function link(open) {
  const opened = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = opened;
  const lab = await new Lab(opened).ready();
  await lab.run('kubectl create ns shared');
  await page.locator('[aria-label="Copy a link to this session"]').click();
  await eventually('the link is there', () => page.evaluate(() => location.hash.startsWith('#v1.')));
  const address = await page.evaluate(() => location.href);
  const other = await open({});
  const reader = await new Lab(other).ready();
  await reader.run('kubectl create ns before');
  await saved(other.page);
  await other.page.waitForTimeout(1000);
  await other.page.goto(`about:blank`);
  await other.page.goto(address);
  await reader.ready();
  if (!(await reader.run('kubectl get ns')).includes('shared')) throw new Error('the link is not shown');
  await reader.run('kubectl create ns after');
  await other.page.waitForTimeout(1000);
  await other.page.reload();
  await reader.ready();
  const seen = await reader.run('kubectl get ns');
  if (!seen.includes('after')) throw new Error(`a reload opened the link anew:\n${seen}`);
  await openList(other.page);
  await other.page.locator('.session-open').last().click();
  if (!(await reader.run('kubectl get ns')).includes('before')) throw new Error('what was there before the link is lost');
}

export default async function ({ open, site }) {
  await scenario(open, site);
  await link(open);
}
