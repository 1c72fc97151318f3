// Labs in somebody else's page: the host is left alone, ten labs stand side by side, one panics and nine go on, and what
// is destroyed leaves nothing behind.
import { assertAccessible, eventually } from '../browser.mjs';
import { panic } from '../lab.mjs';

/** A host page under the strict policy, with an #app, a wasm module, a keydown and an error handler of its own. */
const HOST = `<!doctype html>
<html lang="de" data-theme="host">
<head><meta charset="utf-8"><title>Host</title><link rel="stylesheet" href="host.css"></head>
<body>
<main>
<h1>Host</h1>
<div id="app" class="panel">mine</div>
<p class="head time console">text</p>
<input id="field" aria-label="Field">
<div id="labs"></div>
</main>
<script src="host.js"></script>
</body>
</html>`;
const STYLE = 'body { margin: 8px; font: 15px serif } .slot { height: 640px; width: 1000px }';
const SCRIPT = `
window.host = { keys: [], errors: [] };
document.addEventListener('keydown', event => host.keys.push([event.key, event.defaultPrevented]));
window.onerror = (message) => { host.errors.push(String(message)); };
// The smallest module: it exports nothing, and is instantiated after the labs are there.
host.wasm = () => WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
host.slot = () => { const slot = document.createElement('div'); slot.className = 'slot'; document.querySelector('#labs').append(slot); return slot; };
// Counts what is listened to on the window and the document.
host.listening = new Map();
for (const [name, by] of [['addEventListener', 1], ['removeEventListener', -1]]) {
  for (const target of [window, document]) {
    const real = target[name].bind(target);
    target[name] = (type, ...rest) => { host.listening.set(type, (host.listening.get(type) ?? 0) + by); return real(type, ...rest); };
  }
}`;

const equal = (what, is, should) => {
  const [a, b] = [JSON.stringify(is), JSON.stringify(should)];
  if (a !== b) throw new Error(`${what}: ${a}, not ${b}`);
};

/** Opens the host page; its files stand beside those of the build. */
async function host(open, options = {}) {
  const files = { 'host.html': ['text/html', HOST], 'host.css': ['text/css', STYLE], 'host.js': ['text/javascript', SCRIPT] };
  const prepare = async page => {
    for (const [name, [contentType, body]] of Object.entries(files)) {
      await page.route(`**/${name}`, async route => {
        const { headers } = await page.request.head(new URL('index.html', route.request().url()).href)
          .then(answer => ({ headers: answer.headers() }));
        await route.fulfill({ contentType, body, headers: { 'Content-Security-Policy': headers['content-security-policy'] } });
      });
    }
  };
  const opened = await open({ path: 'host.html', prepare, ...options });
  await opened.page.evaluate(async () => { window.labs = await import('./lab.js'); });
  return opened;
}

/** Types a line into a lab's console with the keyboard, and waits for an answer. */
async function type(root, line, answer) {
  const input = root.locator('.console-input');
  await input.focus();
  await input.pressSequentially(line);
  await input.press('Enter');
  await eventually(`${line} is answered by ${answer}`, async () => answer.test(await root.locator('.console-log').innerText()));
}

async function alone(open) {
  const { page } = await host(open, {});
  const before = await page.evaluate(() => ({
    html: document.documentElement.outerHTML.replace(/<div id="labs">.*<\/div>/s, ''),
    style: getComputedStyle(document.querySelector('.panel')).cssText, app: document.querySelector('#app').getBoundingClientRect().height,
    listening: [...host.listening],
  }));
  await page.evaluate(async () => {
    window.one = await labs.mount(host.slot(), { scenario: 'web', paused: true });
    const shadow = host.slot().attachShadow({ mode: 'open' });
    window.two = await labs.mount(shadow, { scenario: 'mariadb', lang: 'ja' });
  });
  const first = page.locator('.slot').nth(0);
  const second = page.locator('.slot').nth(1);
  await type(first, 'kubectl get sts', /web +\d\/3/);
  await type(second, 'kubectl get sts', /sts-mariadb +\d\/1/);
  for (const [lab, other] of [[first, /sts-mariadb/], [second, /\bweb +\d\/3/]]) {
    if (other.test(await lab.locator('.console-log').innerText())) throw new Error('a lab has answered for the other one');
  }
  equal('the second speaks Japanese', await second.locator('.console h2').innerText(), 'コンソール');
  equal('ids are there once', await page.evaluate(() => {
    const ids = root => [...root.querySelectorAll('[id]')].map(it => it.id);
    const all = [...ids(document), ...ids(document.querySelectorAll('.slot')[1].shadowRoot)];
    return all.filter((id, at) => all.indexOf(id) !== at);
  }), []);

  // Keys act where the focus is: what is typed in a console is text, in a shadow root as well; the host's field is its own.
  const play = lab => page.evaluate(name => window[name].state().isPlaying, lab);
  await second.locator('.console-input').pressSequentially('r .');
  equal('typed text', await second.locator('.console-input').inputValue(), 'r .');
  await page.locator('#field').pressSequentially('r .');
  equal('the host has its field', await page.locator('#field').inputValue(), 'r .');
  equal('the first stands', await play('one'), false);
  await first.locator('.clock').click();
  await page.keyboard.press(' ');
  await eventually('the first plays', () => play('one'));
  equal('the second plays as before', await play('two'), true);
  if (await page.evaluate(() => host.keys.length) < 20) throw new Error('the host does not hear its keys');

  await page.evaluate(() => host.wasm());
  equal('the host has no error', await page.evaluate(() => host.errors), []);
  // axe would copy the style sheets of the shadow root into inline ones, which the policy forbids.
  await assertAccessible(page, { preload: false });
  const during = await page.evaluate(() => ({
    html: document.documentElement.outerHTML.replace(/<div id="labs">.*<\/div>/s, ''),
    style: getComputedStyle(document.querySelector('.panel')).cssText, app: document.querySelector('#app').getBoundingClientRect().height,
    hash: location.hash, history: history.length,
  }));
  equal('the host\'s markup', during.html, before.html);
  equal('the host\'s styles', [during.style, during.app], [before.style, before.app]);
  equal('the address', during.hash, '');
  await page.evaluate(() => { one.destroy(); two.destroy(); two.destroy(); });
  await eventually('nothing is left in the slots', () => page.evaluate(() =>
    document.querySelectorAll('.slot')[0].innerHTML === '' && document.querySelectorAll('.slot')[1].shadowRoot.innerHTML === ''));
  // axe has listened to `message` meanwhile.
  const left = list => list.filter(([type, count]) => count > 0 && type !== 'message');
  equal('no listener is left', left(await page.evaluate(() => [...host.listening])), left(before.listening));
}

async function ten(open) {
  const { page } = await host(open, { expectErrors: true });
  await page.evaluate(async () => {
    window.all = await Promise.all(Array.from({ length: 10 }, () => labs.mount(host.slot(), { guide: false })));
    for (const lab of all) lab.addEventListener('crash', () => host.errors.push('crash'));
  });
  equal('instances', await page.evaluate(() => labs.counts()), { instances: 10, idle: 0 });
  await panic(page.locator('.lab').nth(3));
  await eventually('the fourth has failed', () => page.evaluate(() => all[3].phase === 'failed'));
  await eventually('it says so', () => page.locator('.crash').nth(3).isVisible());
  const said = await page.evaluate(() => all.map((lab, at) => at === 3 ? '' : lab.run('kubectl get nodes')));
  equal('nine go on', said.filter(text => /node-a +Ready/.test(text)).length, 9);
  equal('one crash view', await page.locator('.crash:visible').count(), 1);
  await page.locator('.crash-restart >> visible=true').click();
  await eventually('it is there again', () => page.evaluate(() => all[3].phase === 'running'));
  equal('it answers', await page.evaluate(() => /node-a +Ready/.test(all[3].run('kubectl get nodes'))), true);
  // An error of the host's own, thrown while a lab tells of a change, is none of the lab's.
  await page.evaluate(() => {
    all[0].addEventListener('change', () => { throw new RangeError('the host\'s own'); }, { once: true });
    all[0].root.querySelector('.console-input').value = 'kubectl get nodes';
    all[0].root.querySelector('.console-input').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  });
  await page.waitForTimeout(300);
  equal('no lab has failed by it', await page.evaluate(() => all.map(lab => lab.phase)), Array(10).fill('running'));
  // What is not in sight asks for no frames.
  const times = async () => page.evaluate(() => all.map(lab => lab.state().now));
  const early = await times();
  await page.waitForTimeout(600);
  const late = await times();
  const moved = late.filter((now, at) => now > early[at]).length;
  if (moved === 0 || moved > 4) throw new Error(`time goes on in ${moved} of ten labs, of which two or three are in sight`);
}

async function thousand(open) {
  const { page } = await host(open, {});
  const session = await page.context().newCDPSession(page);
  const measure = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { nodes, jsEventListeners } = await session.send('Memory.getDOMCounters');
    const heap = (await session.send('Runtime.getHeapUsage')).usedSize;
    return { nodes, listeners: jsEventListeners, heap: Math.round(heap / 1e5) / 10 };
  };
  const cycle = times => page.evaluate(async times => {
    const slot = document.querySelector('.slot') ?? host.slot();
    for (let at = 0; at < times; at += 1) {
      const lab = await labs.mount(slot, { guide: false });
      lab.destroy();
      // Components go when Yew comes to it.
      await new Promise(resolve => setTimeout(resolve, 0));
    }
    return labs.counts();
  }, times);
  await cycle(50);
  const before = await measure();
  let counts;
  for (let round = 0; round < 10; round += 1) counts = await cycle(100);
  const after = await measure();
  const line = ({ nodes, listeners, heap }) => `${nodes} nodes, ${listeners} listeners, ${heap} MB`;
  console.log(`   after 50 labs: ${line(before)}; after 1,050: ${line(after)}; ${counts.instances} instance`);
  equal('one instance is enough', counts, { instances: 1, idle: 1 });
  if (after.nodes > before.nodes + 200) throw new Error(`nodes are left: ${before.nodes} before, ${after.nodes} after`);
  if (after.listeners > before.listeners + 50) throw new Error(`listeners are left: ${before.listeners} before, ${after.listeners} after`);
  if (after.heap > before.heap + 4) throw new Error(`memory is left: ${before.heap} MB before, ${after.heap} MB after`);
}

export default async function ({ open }) {
  await alone(open);
  await ten(open);
  await thousand(open);
}
