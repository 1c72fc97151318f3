import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { launch, open, root, serve } from './browser.mjs';
import { Lab, PARTS } from './lab.mjs';
const site = await serve(process.argv[2]);
const browser = await launch([]);
const pods = Number(process.argv[3] ?? 100);
const opened = await open(browser, site);
const lab = await new Lab(opened).ready();
await lab.fastest();
await lab.crowd(pods);
await lab.until('kubectl get sts web', new RegExp(`web +${pods}/${pods}`), 180_000);
await lab.pace(1);
await lab.run('kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:0.25');
await lab.wait(10000);
await lab.press('Space');
const s = await lab.page.context().newCDPSession(lab.page);
await s.send('Profiler.enable'); await s.send('Profiler.setSamplingInterval', { interval: 200 });
await s.send('Profiler.start');
const t = await lab.seekTimes(40);
const { profile } = await s.send('Profiler.stop');
console.log(t.map(x => x.toFixed(1)).join(' '));
const byId = new Map(profile.nodes.map(n => [n.id, n]));
const self = new Map(); const parent = new Map();
for (const n of profile.nodes) for (const c of n.children ?? []) parent.set(c, n.id);
profile.samples.forEach((id, i) => self.set(id, (self.get(id) ?? 0) + profile.timeDeltas[i] / 1000));
const name = id => byId.get(id).callFrame.functionName.replace(/::h[0-9a-f]{16}$/, '').slice(0, 110) || '(anon)';
const tot = new Map(), selfN = new Map();
for (const [id, ms] of self) {
  selfN.set(name(id), (selfN.get(name(id)) ?? 0) + ms);
  const seen = new Set();
  for (let at = id; at; at = parent.get(at)) { const n = name(at); if (!seen.has(n)) { seen.add(n); tot.set(n, (tot.get(n) ?? 0) + ms); } }
}
const show = (m, k) => [...m].sort((a, b) => b[1] - a[1]).slice(0, k).forEach(([n, ms]) => console.log((ms / 40).toFixed(2).padStart(8), n));
console.log('TOTAL per seek'); show(tot, 70);
console.log('SELF per seek'); show(selfN, 30);
await browser.close(); await site.close();
