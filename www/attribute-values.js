// Which values an element's attributes may have, and which of its author's words mean nothing.
import { PANELS } from './argument-values.js';

/** Milliseconds of `90`, `90s`, `2m` or `500ms`; NaN for anything else. */
export function milliseconds(text) {
  const [, number, unit] = /^\s*(\d+\.?\d*|\.\d+)\s*(ms|s|m|h)?\s*$/.exec(text ?? '') ?? [];
  return number ? Number(number) * ({ ms: 1, m: 60_000, h: 3_600_000 }[unit] ?? 1000) : NaN;
}

/** `12s: web-0 is ready; 30s: scaled` as moments with their words, in order. */
export const markersOf = text => (text ?? '').split(/[;\n]/).map(it => /^\s*([\d.]+\s*(?:ms|s|m|h)?)\s*:?\s*(.*?)\s*$/.exec(it)).filter(Boolean)
  .map(([, at, label]) => ({ at: milliseconds(at), label })).sort((a, b) => a.at - b.at);

const oneOf = (...names) => text => names.includes(text.trim());
/** What is there is true, whatever it says: who writes `loop="false"` means something else. */
const flag = text => text !== 'false';
/** The longest stretch that a lab begins behind. */
const DAY = 24 * 3_600_000;
/** Which values mean something, as far as a lab need not be asked; every other attribute takes any. */
const VALUES = {
  autoplay: flag, loop: flag, 'pause-on-markers': flag, readonly: flag,
  view: oneOf('identity', 'node', 'owner'), theme: oneOf('auto', 'light', 'dark'), loading: oneOf('lazy', 'click', 'eager'),
  panels: text => text.split(/\s+/).every(it => !it || PANELS.includes(it)),
  lang: text => /^(en|ja)\b/i.test(text.trim()),
  speed: text => [0.25, 0.5, 1, 2, 4, 8, 16].includes(Number(text)),
  height: text => CSS.supports('height', /^\d+$/.test(text) ? `${text}px` : text),
  'start-at': text => milliseconds(text) <= DAY,
  markers: text => markersOf(text).length === text.split(/[;\n]/).filter(it => it.trim()).length,
};

/** What a lab begins with, by the names of its options: it says itself which of them mean nothing. */
const BEGINNINGS = { scenario: 'scenario', environment: 'environment', lesson: 'lesson', manifest: 'src', commands: 'commands', seed: 'seed', version: 'version', gates: 'gates', compare: 'compare' };

/** The attributes whose values mean nothing, as an author would look for them: `start-at="soon"`. */
export function unread(element, lab) {
  const wrong = Object.keys(VALUES).filter(name => element.getAttribute(name) && !VALUES[name](element.getAttribute(name)));
  const begun = lab.phase === 'running' ? lab.state().unread ?? [] : [];
  const all = [...wrong, ...begun.map(name => BEGINNINGS[name]).filter(Boolean)];
  // A manifest may stand inside of the element as well.
  return all.map(name => element.hasAttribute(name) ? `${name}="${element.getAttribute(name)}"` : 'YAML');
}
