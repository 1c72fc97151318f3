import type { PageBlock } from './core.js';
import type { Answer, Block, Decision, Plan, Said, Why } from './core/statefulset_lab.js';
export * from './core.js';

export interface LabOptions {
  scenario?: string; lesson?: string; environment?: string; version?: string; gates?: string; compare?: string; manifest?: string; commands?: string[]; seed?: number | string; session?: string;
  lang?: 'en' | 'ja'; theme?: 'system' | 'light' | 'dark'; speed?: number; paused?: boolean; guide?: boolean; calm?: boolean;
  markers?: { at: number; label: string }[]; panels?: string; view?: 'identity' | 'node' | 'owner'; readonly?: boolean; storage?: string; styles?: string[]; code?: string; module?: string;
}
export interface LabState {
  now: number; end: number; version: number; isPlaying: boolean; isSettled: boolean; isBusy: boolean; speed: number;
  lang: 'en' | 'ja'; theme: string; scenario: string; kubernetes: string; gates: string; branch: number; manifest: string; notice: string;
  /** The names of the options that mean nothing. */
  unread: string[];
}
/** A lab in a page. Events: `change`, `decision`, `language`, `theme`, `crash`, `restart`, `destroy`. */
export interface Lab extends EventTarget {
  readonly root: HTMLElement;
  readonly phase: 'starting' | 'running' | 'failed' | 'destroyed';
  /** Milliseconds of virtual time. */
  readonly now: number;
  /** Waits until a stored session has been played. */
  loaded(): Promise<Lab>;
  /** Whether its code was not stopped half-way, and whether the picture came that `drawAgain` asked for. */
  readonly isWhole: boolean;
  readonly isDrawn: boolean;
  drawAgain(): void;
  /** Shows that its code has failed, and starts it again. */
  fail(message: string): void;
  restart(more?: object): Promise<void>;
  set(options: LabOptions): void;
  run(line: string): Said;
  apply(yaml: string): Said;
  putFile(name: string, text: string): void;
  interrupt(): void;
  advance(ms: number): void;
  play(): void;
  pause(): void;
  step(): void;
  stepBack(): void;
  seek(ms: number): void;
  settle(): void;
  state(): LabState;
  state(kind: string, name?: string): any;
  objects(kind: string, name?: string): any;
  decisions(from?: number): Decision[];
  why(kind: string, name: string): Why;
  plan(yaml: string): Plan;
  toSVG(): string;
  session(): string;
  permalink(): Promise<string>;
  /** Tells the reader what became of a link: `copied`, `address`, `manual`, `large`, `broken`, `newer`. */
  notify(what: string): void;
  /** Copies a link to this session; resolves to its address. */
  share(page?: string): Promise<string | undefined>;
  /** Reads a page's code blocks; its files are in the working directory then. */
  openPage(blocks: PageBlock[]): Block[];
  /** Plays a line of a block, by their numbers, at the moment that fits what is printed. */
  playTurn(block: number, turn: number): Answer;
  /** Applies the manifest of a block. */
  applyBlock(block: number): Answer;
  destroy(): void;
}
export function mount(host: Element | ShadowRoot, options?: LabOptions): Promise<Lab>;
export function writeLink(session: string, view?: Record<string, string | number | boolean>): Promise<string>;
export function readLink(hash: string): Promise<{ session: string; view: Record<string, string | number | boolean> }>;
