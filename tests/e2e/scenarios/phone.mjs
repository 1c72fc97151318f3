// A phone shows one panel at a time; everything to be touched is large enough; output keeps its columns.
import { Lab } from '../lab.mjs';

export default async function ({ open }) {
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
}
