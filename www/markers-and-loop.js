// What the author of an element asks of time: the moment to start at, markers, a loop.
import { markersOf, milliseconds, unread } from './attribute-values.js';

/** How long a loop stands at its end. */
const REST = 3000;
/** How often it is looked whether a marker's moment comes nearer: a reader may pause, or choose another speed. */
const LOOK = 250;

/** Follows an element's `markers`, `pause-on-markers` and `loop` while a lab runs in it, and says in its line what is told. */
export class Pace {
  #element;
  #lab;
  #line;
  #tell;
  #passed;
  #rest = 0;
  #wrong = '';
  #text;
  #read = [];
  #shown = [];
  #label = '';
  #timer;

  /** `line` is where the element speaks, `tell` gets each marker that goes by; a lab that goes on where it was has `goesOn`. */
  constructor(element, lab, line, tell, goesOn) {
    this.#element = element;
    this.#lab = lab;
    this.#line = line;
    this.#tell = tell;
    if (this.#start && !goesOn) lab.advance(this.#start);
    // A marker at the very start is one of those that go by.
    this.#passed = goesOn || element.session ? lab.state().now : this.#start - 1;
  }

  /** Where the lab starts. */
  get #start() { return milliseconds(this.#element.getAttribute('start-at')) || 0; }

  /** The markers: read anew only where the attribute says something else. */
  get #markers() {
    const text = this.#element.getAttribute('markers');
    if (text !== this.#text) [this.#text, this.#read] = [text, markersOf(text)];
    return this.#read;
  }

  /** The next marker that has not gone by. */
  get #next() { return this.#markers.find(it => it.at > this.#passed); }

  /** Shows which attributes mean nothing, and goes by what the others say now; returns the former where they are not as before. */
  doubt() {
    const wrong = unread(this.#element, this.#lab).join(', ');
    const isNew = wrong !== this.#wrong;
    const markers = this.#markers;
    // The timeline shows them as well.
    if (markers !== this.#shown && markers.length + this.#shown.length) this.#lab.set({ markers: this.#shown = markers });
    this.#wrong = wrong;
    this.#say(this.#label);
    this.changed();
    return isNew ? wrong : '';
  }

  /** The label of a marker beside what means nothing: neither takes the other's place. */
  #say(label) {
    this.#label = label;
    this.#line.textContent = [this.#wrong && `? ${this.#wrong}`, label].filter(Boolean).join(' · ');
  }

  /** Looks again when the next marker's moment comes: nothing else may change then, and a cluster at rest waits. */
  #watch() {
    const lab = this.#lab;
    clearTimeout(this.#timer);
    const next = lab.phase === 'running' && this.#next;
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

  /** After a change: tells the markers that went by, and lets a loop rest once nothing more comes, neither change nor marker. */
  changed() {
    const [lab, element] = [this.#lab, this.#element];
    if (lab.phase !== 'running') return;
    const { now, isSettled, isPlaying } = lab.state();
    let gone = this.#markers.filter(it => it.at > this.#passed && it.at <= now);
    const stops = gone.length > 0 && element.hasAttribute('pause-on-markers');
    // At a high speed a frame goes beyond the marker: time goes back to its moment, and later markers are still to come.
    const [first] = gone;
    if (stops) gone = gone.filter(it => it.at === first.at);
    this.#passed = stops ? first.at : now;
    const tell = () => {
      for (const it of gone) {
        this.#say(it.label);
        this.#tell(it);
      }
    };
    // Whoever hears of the marker finds time at its moment.
    if (stops) queueMicrotask(() => {
      if (lab.phase !== 'running') return;
      lab.pause();
      if (now > first.at) lab.seek(first.at);
      tell();
    });
    else tell();
    // Somebody may have ended the lab at that.
    if (lab.phase !== 'running') return;
    const isOver = isSettled && isPlaying && !stops && !this.#next && element.hasAttribute('loop');
    // Who acts or stops time while it rests is not taken back to the start.
    if (!isOver) clearTimeout(this.#rest);
    if (!isOver) this.#rest = 0;
    else this.#rest ||= setTimeout(() => this.#again(), REST);
    this.#watch();
  }

  /** Begins the loop anew. */
  #again() {
    const [lab, element] = [this.#lab, this.#element];
    this.#rest = 0;
    if (lab.phase !== 'running' || !element.hasAttribute('loop')) return;
    lab.seek(this.#start);
    this.#passed = this.#start - 1;
    this.#say('');
    lab.play();
    this.changed();
  }
}
