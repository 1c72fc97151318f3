// The first picture is part of the page: it stands without scripts, and the running lab takes its place without a jump.
import { eventually } from '../browser.mjs';
import { Lab } from '../lab.mjs';

const WINDOWS = { desk: [1440, 900], laptop: [1280, 720], large: [1920, 1080], phone: [390, 844] };

/** The picture that is seen: its markup with the attributes in order, and where it stands. */
const seen = page => page.evaluate(() => {
  const picture = [...document.querySelectorAll('.scene')].find(it => it.getClientRects().length);
  // Whether changes would move is no part of what is seen.
  const plain = node => node.nodeType === Node.TEXT_NODE ? node.data : [
    node.localName, [...node.attributes].map(it => `${it.name}=${it.value.replace(' is-still', '')}`).sort(),
    [...node.childNodes].filter(it => it.nodeType !== Node.COMMENT_NODE).map(plain),
  ];
  const { x, y, width, height } = picture.getBoundingClientRect();
  return { markup: JSON.stringify(plain(picture)), place: [x, y, width, height].map(Math.round).join(' ') };
});

export default async function ({ browser, open }) {
  for (const [name, [width, height]] of Object.entries(WINDOWS)) {
    const viewport = { width, height };
    const still = await open({ viewport, javaScriptEnabled: false });
    const said = await still.page.locator('noscript').textContent();
    if (!/JavaScript/.test(said)) throw new Error(`${name}: without scripts the page says ${said}`);
    const counted = await still.page.locator('.scene:visible').count();
    if (counted !== 1) throw new Error(`${name}: ${counted} pictures are seen without scripts`);

    // Time stands still, so that the first picture stays.
    const prepare = page => page.addInitScript(() => { performance.now = () => 1000; });
    const running = await open({ viewport, prepare });
    await new Lab(running).ready();
    await eventually(`${name}: the picture is drawn`, async () => await running.page.locator('.scene .item').count() > 0);
    const [before, after] = [await seen(still.page), await seen(running.page)];
    if (before.markup !== after.markup) {
      const at = [...before.markup].findIndex((c, index) => c !== after.markup[index]);
      const near = text => text.slice(Math.max(0, at - 120), at + 120);
      throw new Error(`${name}: the two pictures differ:\n  page  ${near(before.markup)}\n  lab   ${near(after.markup)}`);
    }
    if (before.place !== after.place) throw new Error(`${name}: the picture jumps from ${before.place} to ${after.place}`);
  }

  // The saved file is the picture, and needs nothing else.
  const opened = await open();
  const { page } = opened;
  await new Lab(opened).ready();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.save-button').click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  if (download.suggestedFilename() !== 'statefulset-lab.svg') throw new Error(`it is called ${download.suggestedFilename()}`);
  // Elsewhere: this page's policy forbids the file's own style sheet.
  const elsewhere = await browser.newPage();
  const shown = await elsewhere.evaluate(async text => {
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
    await image.decode();
    const errors = new DOMParser().parseFromString(text, 'image/svg+xml').querySelectorAll('parsererror').length;
    return { width: image.naturalWidth, errors, scripts: /<script|tabindex|http:\/\/127/.test(text) };
  }, text);
  await elsewhere.close();
  if (shown.width < 500 || shown.errors || shown.scripts) throw new Error(`the file: ${JSON.stringify(shown)}\n${text.slice(0, 500)}`);
}
