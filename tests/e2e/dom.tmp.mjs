import { launch, open, serve } from './browser.mjs';
import { Lab } from './lab.mjs';
const site = await serve(process.argv[2]);
const browser = await launch([]);
const opened = await open(browser, site);
const lab = await new Lab(opened).ready();
await lab.fastest();
await lab.crowd(100);
await lab.until('kubectl get sts web', /web +100\/100/, 180_000);
console.log(await lab.page.evaluate(() => {
  const svg = document.querySelector('svg.scene');
  const byKind = {};
  for (const g of svg.querySelectorAll('.item')) { const k = g.classList[1]; const v = byKind[k] ??= [0, 0]; v[0]++; v[1] += 1 + g.querySelectorAll('*').length; }
  return JSON.stringify({ all: document.querySelectorAll('*').length, svg: svg.querySelectorAll('*').length, cls: svg.getAttribute('class'), byKind,
    pod: svg.querySelectorAll('.pod')[5]?.outerHTML, claim: svg.querySelectorAll('.claim')[5]?.outerHTML, link: svg.querySelectorAll('.link')[5]?.outerHTML, tl: document.querySelector('.timeline')?.querySelectorAll('*').length }, null, 1);
}));
await lab.page.screenshot({ path: '/tmp/hundred.png' });
await browser.close(); await site.close();
