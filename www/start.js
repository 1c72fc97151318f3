// Starts the app: loads what Trunk's preload links name, and says so when that cannot work.
// A file of its own, because the page's Content-Security-Policy allows no inline script.
// The reader's theme and language hold from the first paint on.
const view = (() => { try { return localStorage.getItem('statefulset-lab/view') ?? ''; } catch { return ''; } })();
const theme = /\btheme=(light|dark)\b/.exec(view);
if (theme) document.documentElement.dataset.theme = theme[1];

const link = selector => document.querySelector(selector)?.href;

// The code comes in parts (script/split.mjs): the first draws the page, the others follow in this order. A page that is
// not split has the first alone.
const parts = [...document.querySelectorAll('meta[name="part"]')].map(it => it.content);
let first;
let count = 0;

function add(module, at) {
  if (at !== count) return;
  new WebAssembly.Instance(module, { first });
  count += 1;
}

// Called from WebAssembly when something is wanted before it was fetched: nobody can wait there, so this cannot either.
globalThis.loadPart = number => {
  while (count < Math.min(number, parts.length)) {
    const request = new XMLHttpRequest();
    request.open('GET', parts[count], false);
    request.overrideMimeType('text/plain; charset=x-user-defined');
    request.send();
    // The crash view knows this kind of error: it keeps the reader's text.
    if (request.status !== 200) throw new WebAssembly.RuntimeError(`a part of the page is missing (${request.status})`);
    add(new WebAssembly.Module(Uint8Array.from(request.responseText, c => c.charCodeAt(0) & 255)), count);
  }
};

// The app begins while wasm-bindgen still sets it up, so its exports are kept as soon as there are any.
for (const name of parts.length ? ['instantiate', 'instantiateStreaming'] : []) {
  const plain = WebAssembly[name];
  WebAssembly[name] = async (...args) => {
    const made = await plain.apply(WebAssembly, args);
    first ??= (made.instance ?? made).exports;
    return made;
  };
}

const painted = () => new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 0)));

async function start() {
  const { default: init, begin } = await import(link('link[rel="modulepreload"]'));
  await init({ module_or_path: link('link[rel="preload"][as="fetch"]') });
  const coming = parts.map(part => fetch(part).then(WebAssembly.compileStreaming));
  // What failed is fetched again when it is wanted.
  for (const part of coming) part.catch(console.warn);
  await painted();
  if (coming.length) await coming[0].then(module => add(module, 0)).catch(() => loadPart(1));
  begin();
  for (const at of coming.keys()) coming[at].then(module => add(module, at)).catch(console.warn);
}

start().catch(error => {
  console.error(error);
  const state = document.querySelector('#start-state, .picture-starting');
  if (state) {
    state.setAttribute('role', 'alert');
    state.textContent = typeof WebAssembly === 'undefined'
      ? 'This browser has WebAssembly turned off, and the cluster runs on it.'
      : `The cluster could not be started: ${error.message ?? error}. Reload the page to try again.`;
  }
});
