// Starts the app: loads what Trunk's preload links name, and says so when that cannot work.
// A file of its own, because the page's Content-Security-Policy allows no inline script.
// The reader's theme and language hold from the first paint on.
const view = (() => { try { return localStorage.getItem('statefulset-lab/view') ?? ''; } catch { return ''; } })();
const theme = /\btheme=(light|dark)\b/.exec(view);
if (theme) document.documentElement.dataset.theme = theme[1];

const link = selector => document.querySelector(selector)?.href;

// The code that the first picture does not need stands in a file of its own (script/split.mjs); unsplit pages have none.
const restUrl = document.querySelector('meta[name="rest"]')?.content;
let first;
let isComplete = !restUrl;

function complete(module) {
  if (isComplete) return;
  new WebAssembly.Instance(module, { first });
  isComplete = true;
}

// Called from WebAssembly when something is wanted before it was fetched: nobody can wait there, so this cannot either.
globalThis.loadRest = () => {
  if (isComplete) return;
  const request = new XMLHttpRequest();
  request.open('GET', restUrl, false);
  request.overrideMimeType('text/plain; charset=x-user-defined');
  request.send();
  if (request.status !== 200) throw new Error(`a part of the page is missing (${request.status})`);
  complete(new WebAssembly.Module(Uint8Array.from(request.responseText, c => c.charCodeAt(0) & 255)));
};

// The app begins while wasm-bindgen still sets it up, so its exports are kept as soon as there are any.
for (const name of restUrl ? ['instantiate', 'instantiateStreaming'] : []) {
  const plain = WebAssembly[name];
  WebAssembly[name] = async (...args) => {
    const made = await plain.apply(WebAssembly, args);
    first ??= (made.instance ?? made).exports;
    return made;
  };
}

async function start() {
  const { default: init } = await import(link('link[rel="modulepreload"]'));
  await init({ module_or_path: link('link[rel="preload"][as="fetch"]') });
  if (isComplete) return;
  // After the first picture was painted.
  await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 0)));
  fetch(restUrl).then(WebAssembly.compileStreaming).then(complete).catch(console.warn);
}

start().catch(error => {
  console.error(error);
  const state = document.getElementById('start-state');
  if (state) {
    state.setAttribute('role', 'alert');
    state.textContent = typeof WebAssembly === 'undefined'
      ? 'This browser has WebAssembly turned off, and the cluster runs on it.'
      : `The cluster could not be started: ${error.message ?? error}. Reload the page to try again.`;
  }
});
