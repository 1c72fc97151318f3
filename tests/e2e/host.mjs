// A page of somebody else's in which labs are mounted: it has an #app, wasm, keys and errors of its own.

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

/** Fails unless both are the same as JSON. */
export const equal = (what, is, should) => {
  const [a, b] = [JSON.stringify(is), JSON.stringify(should)];
  if (a !== b) throw new Error(`${what}: ${a}, not ${b}`);
};

/** Opens the host page; its files stand beside those of the build. */
export async function host(open, options = {}) {
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
