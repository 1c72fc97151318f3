import type { Answer, Block, ClusterOptions, Decision, LabError, Plan, Said, Why } from './core/statefulset_lab.js';
export type { Answer, Block, ClusterOptions, Decision, LabError, Plan, Said, Why };

/** A code block of a page: `output` is a block below it that holds what its lines print. */
export interface PageBlock { text: string; language?: string; name?: string | null; output?: { text: string; language?: string } }
/** A cluster and the console that is connected to it. Virtual time stands still but where it is told to go on. */
export interface Cluster {
  /** Types a line, and waits for its end. */
  run(line: string): Said;
  apply(yaml: string): Said;
  putFile(name: string, text: string): void;
  /** Milliseconds of virtual time. */
  advance(ms: number): void;
  /** Until nothing more happens by itself, ten minutes at most. */
  settle(): void;
  step(): boolean;
  stepBack(): boolean;
  seek(ms: number): void;
  readonly now: number;
  /** Another cluster that has come the same way. */
  fork(): Cluster;
  /** What `kubectl get KIND [NAME] -o json` gives. */
  state(kind: string, name?: string): any;
  decisions(from?: number): Decision[];
  /** Why an object is not as asked, what helps, and how it came; `name` is `web-0` or `namespace/web-0`. */
  why(kind: string, name: string): Why;
  plan(yaml: string): Plan;
  /** What it began with and all inputs, as text for `createCluster({ session })`. */
  readonly session: string;
  permalink(view?: Record<string, string | number | boolean>): Promise<string>;
  /** Reads a page's code blocks; its files are in the working directory then. */
  openPage(blocks: PageBlock[]): Block[];
  /** Plays a line of a block, by their numbers, at the moment that fits what is printed. */
  playTurn(block: number, turn: number): Answer;
  /** Applies the manifest of a block. */
  applyBlock(block: number): Answer;
  destroy(): void;
}
export function createCluster(options?: ClusterOptions): Promise<Cluster>;
