// Says in a page why a lab could not start there, with the exact line that the page's policy lacks. Loaded only then.

const WORDS = {
  en: { fails: 'The cluster could not be started here.', add: 'The page’s Content-Security-Policy has to allow it:', again: 'Try again' },
  ja: { fails: 'ここではクラスターを起動できませんでした。', add: 'ページの Content-Security-Policy に次の許可が必要です:', again: 'もう一度試す' },
};

/**
 * The directive that the page's policy lacks, or null where no policy is the reason. `violations` are the page's
 * `securitypolicyviolation` events while the lab was starting, `base` is the folder of the lab's files.
 */
export function missing(error, violations, base) {
  const seen = violations.find(it => it.blockedURI?.startsWith(base)) ?? violations.find(it => it.blockedURI === 'wasm-eval');
  const origin = new URL(base).origin === location.origin ? "'self'" : new URL(base).origin;
  if (seen && seen.blockedURI !== 'wasm-eval') return `${seen.effectiveDirective.replace(/-(elem|attr)$/, '')} ${origin}`;
  return seen || /unsafe-eval|Content Security Policy/i.test(error?.message ?? '') ? `script-src ${origin} 'wasm-unsafe-eval'` : null;
}

/** Writes into `place` what happened, what to do about it, and a button that calls `retry`. Returns the missing line. */
export function explain(place, { error, violations = [], base, lang = 'en', retry }) {
  const words = WORDS[lang] ?? WORDS.en;
  const line = missing(error, violations, base);
  const element = (name, textContent) => Object.assign(document.createElement(name), { textContent });
  const parts = [element('p', words.fails), element('p', line ? words.add : String(error?.message ?? error))];
  if (line) parts.push(element('code', line));
  if (retry) parts.push(Object.assign(element('button', words.again), { type: 'button', className: 'start', onclick: event => { event.stopPropagation(); retry(); } }));
  place.replaceChildren(...parts);
  return line;
}
