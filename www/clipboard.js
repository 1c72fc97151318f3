// Copies a text for a lab: by the clipboard, else by the older way, else the reader does it from a field in which it is
// selected. No page is asked for a permission that it does not have.

const WORDS = {
  en: { label: 'It cannot be copied from here. Press Ctrl+C (⌘C) to copy what is selected:', close: 'Close' },
  ja: { label: 'ここからはコピーできません。Ctrl+C(⌘C)を押すと、選択してある次の文をコピーできます。', close: '閉じる' },
};
/** How long a browser may take to ask the reader. */
const ASKED_MS = 20_000;

/** Copies a text; resolves with whether that was done. Where it was not, `root`, the lab's, shows it selected in a field; `lang` gives the language. */
export async function copy(root, text, lang) {
  const copied = await byClipboard(text) || byCommand(root, text);
  if (!copied && root.isConnected) show(root, text, WORDS[lang()] ?? WORDS.en);
  return copied;
}

function byClipboard(text) {
  const written = Promise.resolve().then(() => navigator.clipboard.writeText(text)).then(() => true, () => false);
  return Promise.race([written, new Promise(done => setTimeout(() => done(false), ASKED_MS))]);
}

function byCommand(root, text) {
  const field = Object.assign(document.createElement('textarea'), { className: 'visually-hidden', value: text, readOnly: true });
  const before = root.getRootNode().activeElement;
  root.append(field);
  field.select();
  let copied = false;
  try { copied = document.execCommand('copy'); } catch { /* It is not to be had. */ }
  field.remove();
  before?.focus({ preventScroll: true });
  return copied;
}

/** Takes the field away, as when the lab ends. */
export const hide = root => root?.querySelectorAll('.copying').forEach(it => it.remove());

function show(root, text, words) {
  const before = root.getRootNode().activeElement;
  hide(root);
  const make = (name, properties, ...children) => { const it = Object.assign(document.createElement(name), properties); it.append(...children); return it; };
  const field = make('textarea', { className: 'copying-text', value: text, readOnly: true, rows: text.includes('\n') ? 6 : 3, spellcheck: false });
  const close = () => { view.remove(); before?.focus?.({ preventScroll: true }); };
  const view = make('div', { className: 'copying' }, make('label', {}, words.label, field),
    make('button', { type: 'button', className: 'button', textContent: words.close, onclick: close }));
  view.setAttribute('role', 'dialog');
  view.setAttribute('aria-label', words.label);
  // Keys in here are none of the lab's.
  for (const name of ['keydown', 'keyup']) view.addEventListener(name, event => event.stopPropagation());
  view.addEventListener('keydown', event => { if (event.key === 'Escape') close(); });
  root.append(view);
  field.focus({ preventScroll: true });
  field.select();
}
