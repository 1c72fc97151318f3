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
const b = await browser.newBrowserCDPSession();
const events = [];
b.on('Tracing.dataCollected', e => events.push(...e.value));
const done = new Promise(r => b.on('Tracing.tracingComplete', r));
await b.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel', 'blink','cc','disabled-by-default-devtools.timeline.stack'] } });
const t = await lab.seekTimes(40);
await b.send('Tracing.end'); await done;

console.log(t.map(x => x.toFixed(1)).join(' '));

const st = new Map();
for (const e of events) if (['UpdateLayoutTree','Layout'].includes(e.name)) { const k = e.name + ' ' + ((e.args.beginData?.stackTrace ?? e.args.data?.stackTrace ?? []).map(f => f.functionName.slice(0,60)).slice(0, 9).join(' < ') || '-'); const v = st.get(k) ?? [0,0]; v[0] += (e.dur ?? 0) / 1000; v[1]++; st.set(k, v); }
[...st].sort((a, b) => b[1][0] - a[1][0]).slice(0, 12).forEach(([k, [ms, n]]) => console.log((ms / 40).toFixed(2).padStart(8), String((n / 40).toFixed(1)).padStart(6), k));
const sum = new Map();
const main = events.find(e => e.name === 'thread_name' && e.args.name === 'CrRendererMain');
const threads = new Map(events.filter(e => e.name === 'thread_name').map(e => [e.pid + ':' + e.tid, e.args.name]));
for (const e of events) if (e.ph === 'X') { const k = (threads.get(e.pid + ':' + e.tid) ?? '?') + ' ' + e.name; const v = sum.get(k) ?? [0, 0]; v[0] += e.dur / 1000; v[1]++; sum.set(k, v); }
[...sum].sort((a, b) => b[1][0] - a[1][0]).slice(0, 30).forEach(([k, [ms, n]]) => console.log((ms / 40).toFixed(2).padStart(8), String((n / 40).toFixed(1)).padStart(6), k));
await browser.close(); await site.close();
