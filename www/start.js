// Starts the app: loads what Trunk's preload links name, and says so when that cannot work.
// A file of its own, because the page's Content-Security-Policy allows no inline script.
// The reader's theme holds from the first paint on.
const view = (() => { try { return localStorage.getItem('statefulset-lab/view') ?? ''; } catch { return ''; } })();
const theme = /\btheme=(light|dark)\b/.exec(view);
if (theme) document.documentElement.dataset.theme = theme[1];

const link = selector => document.querySelector(selector)?.href;

async function start() {
  const { default: init } = await import(link('link[rel="modulepreload"]'));
  await init({ module_or_path: link('link[rel="preload"][as="fetch"]') });
}

start().catch(error => {
  console.error(error);
  const state = document.querySelector('#start-state');
  if (state) {
    state.setAttribute('role', 'alert');
    state.textContent = typeof WebAssembly === 'undefined'
      ? 'This browser has WebAssembly turned off, and the cluster runs on it.'
      : `The cluster could not be started: ${error.message ?? error}. Reload the page to try again.`;
  }
});
