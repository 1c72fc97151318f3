import type { Lab } from './index.js';

/** `<statefulset-lab>`; every attribute is a property as well. Events: `ready`, `change`, `decision`, `marker`, `error`. */
export interface StatefulSetLabElement extends HTMLElement {
  readonly lab: Lab | null;
  readonly ready?: Promise<StatefulSetLabElement>;
  start(): Promise<StatefulSetLabElement>;
  permalink(): Promise<string>;
  src: string; scenario: string; environment: string; commands: string; panels: string; view: string; startAt: string; autoplay: boolean;
  speed: string; loop: boolean; markers: string; pauseOnMarkers: boolean; seed: string; version: string; gates: string; compare: string; theme: string; height: string;
  readonly: boolean; base: string; loading: string; poster: string;
}
declare global { interface HTMLElementTagNameMap { 'statefulset-lab': StatefulSetLabElement } }
