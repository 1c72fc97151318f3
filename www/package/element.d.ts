import type { Decision } from './core.js';
import type { Lab } from './index.js';

/** What the element tells of its lab. */
export interface StatefulSetLabEventMap {
  ready: CustomEvent<null>;
  change: CustomEvent<null>;
  decision: CustomEvent<Decision>;
  /** A moment of `markers` went by, in milliseconds of virtual time. */
  marker: CustomEvent<{ at: number; label: string }>;
  /** What could not be had or was not understood; `line` is the one that is missing in the page's policy. */
  error: CustomEvent<{ message: string; code?: string; line?: string }>;
}
type Listening = boolean | AddEventListenerOptions;

/** What the element has of its lab; each fails with code `not-started` before there is one. */
type Methods = Pick<Lab, 'run' | 'interrupt' | 'apply' | 'putFile' | 'advance' | 'settle' | 'play' | 'pause' | 'step' | 'stepBack' | 'seek' | 'state' | 'objects' | 'decisions' | 'why' | 'plan' | 'toSVG' | 'openPage' | 'playTurn' | 'applyBlock' | 'now'>;
/** `<statefulset-lab>`; every attribute is a property as well. Events: `ready`, `change`, `decision`, `marker`, `error`. */
export interface StatefulSetLabElement extends HTMLElement, Methods {
  readonly lab: Lab | null;
  readonly ready?: Promise<StatefulSetLabElement>;
  start(): Promise<StatefulSetLabElement>;
  addEventListener<K extends keyof StatefulSetLabEventMap>(type: K, listener: (this: StatefulSetLabElement, event: StatefulSetLabEventMap[K]) => any, options?: Listening): void;
  addEventListener<K extends keyof HTMLElementEventMap>(type: K, listener: (this: HTMLElement, event: HTMLElementEventMap[K]) => any, options?: Listening): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: Listening): void;
  permalink(): Promise<string>;
  /** A session's text to begin with, set before it starts. */
  session?: string;
  src: string; scenario: string; lesson: string; environment: string; commands: string; panels: string; view: string; startAt: string; autoplay: boolean;
  speed: string; loop: boolean; markers: string; pauseOnMarkers: boolean; seed: string; version: string; gates: string; compare: string; theme: string; height: string;
  readonly: boolean; base: string; loading: string; poster: string;
}
declare global { interface HTMLElementTagNameMap { 'statefulset-lab': StatefulSetLabElement } }
