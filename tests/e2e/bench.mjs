// Measures the page in a real browser and prints a table; judges nothing:
//   node tests/e2e/bench.mjs
// Times come from the browser's own counters and from a trace of its main thread.
import { join } from 'node:path';
import { launch, open, root, serve } from './browser.mjs';
import { Lab, PARTS } from './lab.mjs';

const site = await serve(join(root, 'dist'));
const browser = await launch(['--enable-precise-memory-info', '--js-flags=--expose-gc']);
const median = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN;
const row = (what, value, unit) => console.log(`${what.padEnd(52)} ${String(value).padStart(10)} ${unit}`);

async function metrics(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

/** Ten lazy elements far below what is seen: what a page pays for them before a reader comes there. */
async function lazyElements() {
  const packed = await serve(join(root, 'dist'), { packed: true });
  const elements = '<statefulset-lab scenario="web"></statefulset-lab>'.repeat(10);
  const body = `<!doctype html><title>Ten</title><link rel="icon" href="icon.svg"><link rel="stylesheet" href="far.css"><script type="module" src="statefulset-lab.js"></script><div class="far"></div>${elements}`;
  let bytes = 0;
  let session;
  const prepare = async page => {
    session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Performance.enable');
    const ours = new Set();
    session.on('Network.responseReceived', ({ requestId, response }) => { if (!/ten\.html|far\.css|icon\.svg/.test(response.url)) ours.add(requestId); });
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => { if (ours.has(requestId)) bytes += encodedDataLength; });
    await page.route('**/ten.html', route => route.fulfill({ contentType: 'text/html', body }));
    await page.route('**/far.css', route => route.fulfill({ contentType: 'text/css', body: '.far { height: 9000px }' }));
  };
  const { page, context } = await open(browser, packed, { prepare, path: 'ten.html' });
  await page.waitForTimeout(1000);
  const before = await metrics(session);
  await page.waitForTimeout(2000);
  const after = await metrics(session);
  row('ten lazy elements out of sight: downloaded', (bytes / 1000).toFixed(1), 'kB');
  row('ten lazy elements out of sight: script in 2 s', ((after.ScriptDuration - before.ScriptDuration) * 1000).toFixed(1), 'ms');
  await context.close();
  await packed.close();
}

/** Watches `seconds` of frames: main-thread time a frame, the longest task, frames a second. */
async function frames(page, seconds) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const before = await metrics(session);
  const { count, longest } = await page.evaluate(ms => new Promise(resolve => {
    let count = 0;
    let longest = 0;
    const observer = new PerformanceObserver(list => {
      for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
    });
    observer.observe({ type: 'longtask' });
    const end = performance.now() + ms;
    const tick = now => {
      count += 1;
      if (now < end) requestAnimationFrame(tick);
      else { observer.disconnect(); resolve({ count, longest }); }
    };
    requestAnimationFrame(tick);
  }), seconds * 1000);
  const after = await metrics(session);
  const spent = name => (after[name] - before[name]) * 1000 / count;
  return {
    fps: count / seconds,
    script: spent('ScriptDuration'),
    layout: spent('LayoutDuration') + spent('RecalcStyleDuration'),
    longest,
    heap: after.JSHeapUsedSize / 1e6,
  };
}

/** The WebAssembly memory of the page in MB. */
const wasmMemory = page => page.evaluate(async () => {
  const { default: init } = await import(document.querySelector('link[rel="modulepreload"][href*="app"]').href);
  return (await init()).memory.buffer.byteLength / 1e6;
});

/** The networks that the page is measured on: megabits a second, milliseconds there and back. */
const NETWORKS = [[10, 40], [1.6, 150]];

/** When the first picture is there, and when a typed line has its answer, on a slower network. */
async function overNetwork() {
  const packed = await serve(join(root, 'dist'), { packed: true });
  // Compresses every file once.
  await (await open(browser, packed)).page.waitForSelector('.console-input');
  for (const [megabits, latency] of NETWORKS) {
    const times = [];
    for (let run = 0; run < 5; run += 1) {
      const prepare = async page => {
        const session = await page.context().newCDPSession(page);
        const throughput = megabits * 1e6 / 8;
        await session.send('Network.enable');
        await session.send('Network.emulateNetworkConditions', { offline: false, latency, downloadThroughput: throughput, uploadThroughput: throughput });
        await page.addInitScript(() => {
          window.seen = {};
          const look = () => {
            const picture = [...document.querySelectorAll('.scene')].find(it => it.getClientRects().length);
            // What stands in this frame is painted in the next.
            if (picture && !window.seen.picture) requestAnimationFrame(() => { window.seen.picture ??= performance.now(); });
            const input = document.querySelector('.console-input');
            if (input && !window.seen.typed) {
              window.seen.typed = true;
              input.value = 'kubectl get nodes';
              input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
            }
            if (/node-a +Ready/.test(document.querySelector('.console-log')?.textContent)) window.seen.answered = performance.now();
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        });
      };
      const { page, context } = await open(browser, packed, { prepare });
      await page.waitForFunction(() => window.seen.answered && window.seen.picture, null, { timeout: 60_000 });
      times.push(await page.evaluate(() => window.seen));
      await context.close();
    }
    const name = `${megabits} Mbit/s, ${latency} ms`;
    row(`${name}: first picture, median of 5`, (median(times.map(it => it.picture)) / 1000).toFixed(2), 's');
    row(`${name}: a typed line is answered, median of 5`, (median(times.map(it => it.answered)) / 1000).toFixed(2), 's');
  }
  await packed.close();
}

async function firstPicture() {
  const times = [];
  for (let run = 0; run < 5; run += 1) {
    const prepare = page => page.addInitScript(() => {
      window.seen = {};
      const look = () => {
        if (document.querySelector('.console-input')) window.seen.cluster ??= performance.now();
        if (!window.seen.cluster) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    const { page, context } = await open(browser, site, { prepare });
    await page.waitForFunction(() => window.seen.cluster);
    times.push(await page.evaluate(() => {
      const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN;
      return { paint, ...window.seen };
    }));
    await context.close();
  }
  row('first contentful paint (with the picture), median of 5', median(times.map(it => it.paint)).toFixed(0), 'ms');
  row('the running lab, median of 5', median(times.map(it => it.cluster)).toFixed(0), 'ms');
}

async function rolling(pods) {
  const opened = await open(browser, site);
  const lab = await new Lab(opened).ready();
  await lab.fastest();
  await lab.crowd(pods);
  await lab.until('kubectl get sts web', new RegExp(`web +${pods}/${pods}`), 180_000);
  await lab.pace(1);
  await lab.run('kubectl set image sts/web nginx=registry.k8s.io/nginx-slim:0.25');
  const { fps, script, layout, longest, heap } = await frames(lab.page, 10);
  row(`${pods} pods rolling: script a frame`, script.toFixed(2), 'ms');
  row(`${pods} pods rolling: style and layout a frame`, layout.toFixed(2), 'ms');
  row(`${pods} pods rolling: longest task`, longest.toFixed(0), 'ms');
  row(`${pods} pods rolling: frames`, fps.toFixed(0), '/s');
  row(`${pods} pods: JavaScript heap`, heap.toFixed(1), 'MB');
  row(`${pods} pods: WebAssembly memory`, (await wasmMemory(lab.page)).toFixed(1), 'MB');
  const seek = await lab.seekTimes();
  row(`${pods} pods: seek to anywhere, median of ${seek.length}`, median(seek).toFixed(0), 'ms');
  const drag = await lab.seekTimes(200, 1);
  row(`${pods} pods: drag through all of it, median of ${drag.length} steps`, median(drag).toFixed(0), 'ms');
  await opened.context.close();
}

async function idle() {
  const opened = await open(browser, site);
  const lab = await new Lab(opened).ready();
  await lab.press('Space');
  await lab.wait(1000);
  const session = await lab.page.context().newCDPSession(lab.page);
  await session.send('Performance.enable');
  const before = await metrics(session);
  await lab.wait(5000);
  const after = await metrics(session);
  row('paused: main-thread time in 5 s', ((after.TaskDuration - before.TaskDuration) * 1000).toFixed(0), 'ms');
  await opened.context.close();
}

await overNetwork();
await firstPicture();
await lazyElements();
await idle();
await rolling(100);
await rolling(1000);
await browser.close();
await site.close();
