// What the author of an element asks of time: the moment to start at, markers, a loop; and which of his words mean nothing.

/** Milliseconds of `90`, `90s`, `2m` or `500ms`; NaN for anything else. */
export function milliseconds(text) {
  const [, number, unit] = /^\s*(\d+\.?\d*|\.\d+)\s*(ms|s|m|h)?\s*$/.exec(text ?? '') ?? [];
  return number ? Number(number) * ({ ms: 1, m: 60_000, h: 3_600_000 }[unit] ?? 1000) : NaN;
}

/** `12s: web-0 is ready; 30s: scaled` as moments with their words, in order. */
const markersOf = text => (text ?? '').split(/[;\n]/).map(it => /^\s*([\d.]+\s*(?:ms|s|m|h)?)\s*:?\s*(.*?)\s*$/.exec(it)).filter(Boolean)
  .map(([, at, label]) => ({ at: milliseconds(at), label })).sort((a, b) => a.at - b.at);

/** How long a loop stands at its end. */
const REST = 3000;
/** How often it is looked whether a marker's moment comes nearer: a reader may pause, or choose another speed. */
const LOOK = 250;

/** Follows an element's `markers`, `pause-on-markers` and `loop` while a lab runs in it. */
export class Pace {
  #element;
  #lab;
  #passed;
  #rests = false;
  #wrong = '';
  #tell;
  #timer;

  /** `tell` gets each marker that goes by. */
  constructor(element, lab, tell) {
    this.#element = element;
    this.#lab = lab;
    this.#tell = tell;
    this.#passed = lab.state().now;
  }

  /** Where the element's lab starts. */
  static start(element) { return milliseconds(element.getAttribute('start-at')) || 0; }

  /** Shows in `place` which attributes mean nothing; returns them where they are not the ones from before. */
  doubt(place) {
    this.#watch();
    const wrong = unread(this.#element).join(', ');
    if (wrong === this.#wrong) return '';
    this.#wrong = wrong;
    place.textContent = wrong && `? ${wrong}`;
    return wrong;
  }

  /** Looks again when the next marker's moment comes: nothing else may change then, and a cluster at rest waits. */
  #watch() {
    const lab = this.#lab;
    clearTimeout(this.#timer);
    const next = lab.phase === 'running' && markersOf(this.#element.getAttribute('markers')).find(it => it.at > this.#passed);
    if (!next) return;
    const { now, isPlaying, speed } = lab.state();
    const left = isPlaying ? (next.at - now) * 1000 / speed : LOOK;
    const since = performance.now();
    this.#timer = setTimeout(() => {
      if (lab.phase !== 'running') return;
      const state = lab.state();
      // A lab whose cluster rests stands still, but its reader's time goes on.
      if (state.isPlaying && state.isSettled && state.now < next.at) lab.advance(Math.min(next.at - state.now, (performance.now() - since) * speed / 1000));
      this.changed();
    }, Math.min(LOOK, Math.max(4, left)));
  }

  /** After a change: tells the markers that went by, and begins a loop anew a while after its end. */
  changed() {
    const [lab, element] = [this.#lab, this.#element];
    if (lab.phase !== 'running' || this.#rests) return;
    const { now, isSettled, isPlaying } = lab.state();
    const gone = markersOf(element.getAttribute('markers')).filter(it => it.at > this.#passed && it.at <= now);
    this.#passed = now;
    if (gone.length && element.hasAttribute('pause-on-markers')) queueMicrotask(() => lab.phase === 'running' && lab.pause());
    if (isSettled && isPlaying && element.hasAttribute('loop')) {
      this.#rests = true;
      setTimeout(() => {
        this.#rests = false;
        if (lab.phase !== 'running' || !element.hasAttribute('loop')) return;
        this.#passed = Pace.start(element);
        lab.seek(this.#passed);
        lab.play();
      }, REST);
    }
    gone.forEach(it => this.#tell(it));
    this.#watch();
  }
}

/** Calls `then` with an error where a style sheet that a lab has brought into `place` cannot be had. */
export function unstyled(place, then) {
  for (const link of place.querySelectorAll('link[rel=stylesheet]')) {
    // The page's policy is heard of a moment later.
    link.addEventListener('error', () => setTimeout(() => then(new Error(`${link.href} could not be loaded`))), { once: true });
  }
}

const oneOf = (...names) => text => names.includes(text.trim());
const PANELS = ['picture', 'timeline', 'console', 'editor', 'guide'];
/** Which values mean something; every other attribute takes any. */
const VALUES = {
  view: oneOf('identity', 'node', 'owner'), theme: oneOf('auto', 'light', 'dark'), loading: oneOf('lazy', 'click', 'eager'),
  panels: text => text.split(/\s+/).every(it => !it || PANELS.includes(it)),
  lang: text => /^(en|ja)\b/i.test(text.trim()),
  speed: text => Number(text) >= 0.25 && Number(text) <= 16, seed: text => Number.isFinite(Number(text)),
  'start-at': text => !Number.isNaN(milliseconds(text)),
  markers: text => markersOf(text).length === text.split(/[;\n]/).filter(it => it.trim()).length,
};

/** The attributes whose values mean nothing, as an author would look for them: `start-at="soon"`. */
const unread = element => Object.entries(VALUES)
  .filter(([name, isFine]) => element.getAttribute(name) && !isFine(element.getAttribute(name)))
  .map(([name]) => `${name}="${element.getAttribute(name)}"`);
