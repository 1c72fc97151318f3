// The lab's own page: one lab in #app, that remembers what was done and takes what the address asks for.
// A file of its own, because the page's Content-Security-Policy allows no inline script.
import { mount } from './lab.js';

const html = document.documentElement;
const app = document.querySelector('#app');
const url = selector => document.querySelector(selector)?.href;

/** Makes the document follow the lab's language and theme. */
function dress({ lang, theme }) {
  html.lang = lang;
  if (theme === 'system') delete html.dataset.theme;
  else html.dataset.theme = theme;
}

// The reader's theme holds from the first paint on.
const view = (() => { try { return localStorage.getItem('statefulset-lab/view') ?? ''; } catch { return ''; } })();
const theme = /\btheme=(light|dark)\b/.exec(view)?.[1];
if (theme) {
  html.dataset.theme = theme;
  app.querySelector('.lab').dataset.theme = theme;
}
// The first picture is that of the first scenario: who left something else here, or asks for it, waits for that.
const asked = new URLSearchParams(location.search);
const isOther = (() => { try { return Boolean(localStorage.getItem('statefulset-lab/session')); } catch { return false; } })();
if (isOther || asked.get('lesson') || !['web', null].includes(asked.get('scenario'))) document.querySelector('#pictures').hidden = true;

// Keys work also where nothing has the focus.
document.addEventListener('keydown', event => {
  const root = app.querySelector('.lab');
  if (event.target !== document.body || !root) return;
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  const copy = new KeyboardEvent('keydown', { key, ctrlKey, metaKey, altKey, shiftKey, bubbles: false, cancelable: true });
  if (!root.dispatchEvent(copy)) event.preventDefault();
});

// What an address asks for, it asks once: a reload shows what the reader made of it.
const ADDRESS = 'statefulset-lab/address';
const tab = (() => { try { return sessionStorage; } catch { return null; } })();
const address = () => location.search + location.hash;
const isAgain = ['reload', 'back_forward'].includes(performance.getEntriesByType('navigation')[0]?.type) && tab?.getItem(ADDRESS) === address();
let isLeft = false;
addEventListener('pagehide', () => { if (!isLeft) try { tab?.setItem(ADDRESS, address()); } catch { /* Then a reload asks again. */ } });
// A link that is put into the address of this page is opened as any other.
addEventListener('hashchange', () => { if (/^#(v\d+\.|src=)/.test(location.hash)) { isLeft = true; tab?.removeItem(ADDRESS); location.reload(); } });

const options = {
  code: url('link[rel="modulepreload"][href*="app"]'),
  module: url('link[rel="preload"][as="fetch"]'),
  styles: [],
  storage: 'statefulset-lab',
  ...!isAgain && {
    scenario: asked.get('scenario'), lesson: asked.get('lesson'), version: asked.get('version'), gates: asked.get('gates'), seed: asked.get('seed'),
    compare: asked.get('compare'),
  },
  lang: asked.get('lang'),
};

// A link to a session: it is shown as it was, and what the reader did before goes to the list of sessions.
const link = !isAgain && /^#v\d+\./.test(location.hash) ? await import('./permalink.js').then(it => it.readLink(location.hash)).catch(error => ({ error })) : null;
if (link?.session) Object.assign(options, { session: link.session }, link.view.lang && { lang: link.view.lang });
// A link to a session that is a file.
const source = !isAgain && /^#src=(.+)/.exec(location.hash)?.[1];
if (source) {
  const text = await fetch(decodeURIComponent(source)).then(it => it.ok ? it.text() : null).catch(() => null);
  if (/^```goal\s*$/m.test(text ?? '')) options.lesson = decodeURIComponent(source);
  else if (text) Object.assign(options, { session: text });
}

/** Once another Kubernetes runs than at the start, the address names it: who copies the address means what is seen. */
function follow(lab, begun) {
  const { kubernetes, gates } = lab.state();
  if (!begun.isLeft && kubernetes === begun.kubernetes && gates === begun.gates) return;
  begun.isLeft = true;
  const query = new URLSearchParams(location.search);
  query.set('version', kubernetes.replace(/^v/, ''));
  if (gates) query.set('gates', gates);
  else query.delete('gates');
  if (`?${query}` !== location.search) history.replaceState(history.state, '', `?${query}${location.hash}`);
}

mount(app, options).then(lab => lab.loaded()).then(lab => {
  // What failed while its session was played says so itself.
  if (lab.phase !== 'running') return;
  const begun = lab.state();
  let due;
  lab.addEventListener('change', () => { due ??= setTimeout(() => { due = undefined; follow(lab, begun); }, 500); });
  if (link?.error || source && !options.session && !options.lesson) lab.notify(link?.error?.code === 'link-too-new' ? 'newer' : 'broken');
  dress(lab.state());
  for (const name of ['language', 'theme']) lab.addEventListener(name, () => dress(lab.state()));
}).catch(error => {
  console.error(error);
  const state = document.querySelector('#start-state');
  if (state) {
    state.hidden = false;
    state.setAttribute('role', 'alert');
    state.textContent = typeof WebAssembly === 'undefined'
      ? 'This browser has WebAssembly turned off, and the cluster runs on it.'
      : `The cluster could not be started: ${error.message ?? error}. Reload the page to try again.`;
  }
});
