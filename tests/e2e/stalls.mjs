// Watches how long the page keeps its reader waiting, and whether it answers after what was asked of it.
import { PARTS } from './lab.mjs';

/** Begins to watch how long the page keeps the browser from drawing; the function returned tells the longest so far, in ms. */
export async function stalls(page) {
  await page.evaluate(() => {
    let last = performance.now();
    window.longestStall = 0;
    const look = now => {
      window.longestStall = Math.max(window.longestStall, now - last);
      last = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  return async () => {
    const longest = await page.evaluate(() => { const it = window.longestStall; window.longestStall = 0; return it; });
    return Math.round(longest);
  };
}

/** Ends what runs in the foreground, and sees to it that the next line is answered. */
export async function goesOn(lab, after) {
  const { page } = lab;
  await page.locator(PARTS.consoleInput).focus();
  await page.keyboard.press('Control+c');
  const answer = await lab.run('echo all is $((40 + 2))', { timeout: 60_000 });
  if (!answer.includes('all is 42')) throw new Error(`after \`${after}\`: ${answer}`);
}
