// A cluster without a view, in pages and in Node:
//
//   import { createCluster } from 'statefulset-lab/core.js';
//   const cluster = await createCluster({ environment: 'minikube' });
//   cluster.run('kubectl get nodes').output;
import init, { ClusterCore } from './core/statefulset_lab.js';
import { writeLink } from './lab/permalink.js';
import { amount, list, oneOf, record, text, textOrNothing, whole } from './lab/argument-values.js';

/** The module, loaded once for all clusters. */
let loaded;

async function load() {
  const address = new URL('./core/statefulset_lab_bg.wasm', import.meta.url);
  // Node's fetch reads no files.
  const module = address.protocol === 'file:' ? await (await import(/* @vite-ignore */ 'node:fs/promises')).readFile(address) : address;
  await init({ module_or_path: module });
}

const destroyed = () => Object.assign(new Error('this cluster has been destroyed'), { code: 'destroyed' });

/** A cluster and the console that is connected to it. Virtual time stands still but where it is told to go on. */
class Cluster {
  #core;
  constructor(core) { this.#core = core; }
  get #it() { if (!this.#core) throw destroyed(); return this.#core; }
  run(line) { return this.#it.run(text(line)); }
  apply(yaml) { return this.#it.apply(text(yaml)); }
  putFile(name, content) { this.#it.putFile(text(name), text(content)); }
  advance(ms) { this.#it.advance(amount(ms)); }
  settle() { this.#it.settle(); }
  step() { return this.#it.step(); }
  stepBack() { return this.#it.stepBack(); }
  seek(ms) { this.#it.seek(amount(ms)); }
  get now() { return this.#it.now; }
  fork() { return new Cluster(this.#it.fork()); }
  state(kind, name) { return this.#it.state(text(kind), textOrNothing(name)); }
  decisions(from = 0) { return this.#it.decisions(amount(from)); }
  why(kind, name) { return this.#it.why(text(kind), text(name)); }
  plan(yaml) { return this.#it.plan(text(yaml)); }
  get session() { return this.#it.session(); }
  permalink(view = {}) { return writeLink(this.session, view); }
  openPage(blocks) { return this.#it.openPage(list(blocks)); }
  playTurn(block, turn) { return this.#it.playTurn(amount(block), amount(turn)); }
  applyBlock(block) { return this.#it.applyBlock(amount(block)); }
  /** Gives its memory back. More than once is no fault. */
  destroy() { this.#core?.free(); this.#core = null; }
}

/** What a cluster is made of, and what each is. A lab in a page takes more: that is no cluster's. */
const OPTIONS = {
  environment: text, version: text, gates: text, session: text,
  seed: whole,
  lang: value => oneOf(['en', 'ja'], text(value).slice(0, 2).toLowerCase()),
};

/** A new cluster. Fails with code `bad-value`, `bad-environment`, `bad-version` or `bad-session`, and with `start` where the module cannot be had. */
export async function createCluster(options = {}) {
  for (const [name, value] of Object.entries(record(options))) {
    const check = oneOf(Object.keys(OPTIONS), name) && OPTIONS[name];
    if (value !== undefined && value !== null) check(value);
  }
  loaded ??= load().catch(error => {
    loaded = undefined;
    throw Object.assign(new Error(`the module could not be loaded: ${error.message ?? error}`, { cause: error }), { code: 'start' });
  });
  await loaded;
  return new Cluster(new ClusterCore(options));
}
