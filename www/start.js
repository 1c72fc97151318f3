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

const options = {
  code: url('link[rel="modulepreload"][href*="app"]'),
  module: url('link[rel="preload"][as="fetch"]'),
  styles: [],
  storage: 'statefulset-lab',
  scenario: asked.get('scenario'),
  lesson: asked.get('lesson'),
  version: asked.get('version'),
  gates: asked.get('gates'),
  seed: asked.get('seed'),
  lang: asked.get('lang'),
};

// A link to a session: it is shown as it was, and what the reader did before stays stored until he goes on in it.
const link = /^#v\d+\./.test(location.hash) ? await import('./permalink.js').then(it => it.readLink(location.hash)).catch(error => ({ error })) : null;
if (link?.session) Object.assign(options, { session: link.session, storage: undefined }, link.view.lang && { lang: link.view.lang });
// A lesson that nobody has begun yet is one's own from here on, so that progress survives a reload.
const handed = link?.session && JSON.parse(link.session).lesson;
if (handed && handed.step === 0 && handed.goals === 0) {
  Object.assign(options, { session: undefined, storage: 'statefulset-lab', lesson: handed.name, lessonText: handed.source });
}
// A link to a session that is a file.
const source = /^#src=(.+)/.exec(location.hash)?.[1];
if (source) {
  const text = await fetch(decodeURIComponent(source)).then(it => it.ok ? it.text() : null).catch(() => null);
  if (/^```goal\s*$/m.test(text ?? '')) options.lesson = decodeURIComponent(source);
  else if (text) Object.assign(options, { session: text, storage: undefined });
}

mount(app, options).then(lab => {
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
