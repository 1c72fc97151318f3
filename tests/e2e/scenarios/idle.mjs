// When nothing is left to happen the page does nothing: no frame, no timer. The reader's next step finds the right time.
import { eventually } from '../browser.mjs';
import { Lab } from '../lab.mjs';

export default async function ({ open }) {
  const opened = await open();
  const { page } = opened;
  await page.addInitScript(() => {
    window.asked = { frames: 0, timers: 0 };
    for (const [name, kind] of [['requestAnimationFrame', 'frames'], ['setTimeout', 'timers'], ['setInterval', 'timers']]) {
      const real = window[name].bind(window);
      window[name] = (...words) => { window.asked[kind] += 1; return real(...words); };
    }
  });
  await page.reload();
  const lab = await new Lab(opened).ready();
  await lab.fastest();
  const chip = page.locator('.controls .chip');
  await eventually('the cluster settles', async () => /settled/.test(await chip.first().innerText().catch(() => '')), 60_000);
  await lab.wait(2500);
  const before = await page.evaluate(() => ({ ...window.asked }));
  await page.waitForTimeout(2000);
  const after = await page.evaluate(() => ({ ...window.asked }));
  if (after.frames !== before.frames || after.timers !== before.timers) {
    throw new Error(`idle, and yet ${after.frames - before.frames} frames and ${after.timers - before.timers} timers in 2 s`);
  }
  // Time went on meanwhile: the clock has caught up when the reader acts.
  const clock = async () => Number((await page.locator('.clock').innerText()).replace(/(\d+):(\d+)\.\d/, (_, m, s) => m * 60 + Number(s)));
  const asleep = await clock();
  await lab.run('kubectl get nodes');
  const awake = await clock();
  if (awake < asleep + 16) throw new Error(`the clock stood at ${asleep} s and stands at ${awake} s`);
}
