// Puts labs into a page: compiles the module once, gives every lab an instance of it, and shows what happened when one fails.
//
//   import { mount } from './lab.js';
//   const lab = await mount(element, { scenario: 'web' });
//   lab.run('kubectl get pods'); lab.destroy();
//
// `element` is an element or a shadow root; what stands in it as `[data-lab-poster]` goes when the lab is there.
// Options, all of which may be left out:
//   scenario, manifest, commands, seed   what to begin with: a scenario's id, a YAML text, lines to be typed, a number
//   lang, theme, speed, paused, guide, calm   'en' or 'ja'; 'system', 'light' or 'dark'; 0.25 to 16; booleans
//   storage   what every key in localStorage begins with; without, nothing is stored
//   styles    addresses of style sheets to bring along; without, the lab's own; [] where the page has them
//   code, module   other places of the glue and of the WebAssembly module
// A lab is an EventTarget: `change`, `language`, `theme`, `crash` (with `detail.message`), `restart`, `destroy`.

/** Where the files of this build are; the build writes their names. */
const FILES = { code: './app.js', module: './app_bg.wasm', styles: ['./style.css', './picture.css', './panels.css'] };
const place = name => new URL(name, import.meta.url).href;

/** The compiled modules by address, as promises. */
const compiled = new Map();
/** Instances by the address of their code: how many there are, and those whose lab is gone. */
const instances = new Map();
/** The labs that run. */
const labs = new Set();

async function compile(address) {
  const response = await fetch(address, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  // A server that calls it something else than application/wasm is no reason to give up.
  return WebAssembly.compileStreaming(response.clone()).catch(async () => WebAssembly.compile(await response.arrayBuffer()));
}

function moduleAt(address) {
  if (!compiled.has(address)) {
    const module = compile(address);
    module.catch(() => compiled.delete(address));
    compiled.set(address, module);
  }
  return compiled.get(address);
}

/** An instance of the module for one lab. The same script under another query is another script, with memory of its own. */
async function instance({ code, module }) {
  if (!instances.has(code)) instances.set(code, { count: 0, idle: [] });
  const known = instances.get(code);
  const used = known.idle.pop();
  if (used) return used;
  const coming = moduleAt(module);
  const glue = await import(known.count++ ? `${code}?lab=${known.count}` : code);
  await glue.default({ module_or_path: await coming });
  return glue;
}

/** A trap that was no panic: the stack or the memory ran out. Only the lab in which it happened is not whole any more. */
function onError(event) {
  const error = event.error ?? event.reason;
  if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) return;
  // A host's listener may have thrown this in the middle of a lab's work, which goes on.
  setTimeout(() => {
    for (const lab of [...labs]) if (!lab.isWhole) lab.fail(`${error.name}: ${error.message}`);
  }, 0);
}

function watch(lab) {
  labs.add(lab);
  if (labs.size === 1) for (const name of ['error', 'unhandledrejection']) addEventListener(name, onError);
}

function unwatch(lab) {
  if (labs.delete(lab) && !labs.size) for (const name of ['error', 'unhandledrejection']) removeEventListener(name, onError);
}

/** A lab in a page. It lives on when its code fails and is started again. */
class Lab extends EventTarget {
  #host;
  #options;
  #glue;
  #handle;
  #root;
  #styles;
  #state = 'starting';
  #onCrash = event => this.fail(event.detail);

  constructor(host, options) {
    super();
    this.#host = host;
    this.#options = options;
  }

  /** Starts an instance; `more` are options for this time only. */
  async start(more = {}) {
    const files = { code: this.#options.code ?? place(FILES.code), module: this.#options.module ?? place(FILES.module) };
    const glue = await instance(files);
    if (this.#state === 'destroyed') {
      instances.get(files.code).idle.push(glue);
      return this;
    }
    const before = new Set(this.#host.children);
    const styles = this.#options.styles ?? FILES.styles.map(place);
    this.#glue = glue;
    this.#handle = glue.mount(this.#host, {
      ...this.#options, ...more, styles: this.#styles ? [] : styles,
      onEvent: name => this.dispatchEvent(new CustomEvent(name)),
    });
    this.#root = this.#handle.root;
    this.#styles ??= [...this.#host.children].filter(it => !before.has(it) && it.localName === 'link');
    // The next lab takes the root over.
    this.#root.addEventListener('lab-crash', this.#onCrash);
    this.#state = 'running';
    for (const poster of [...this.#host.children].filter(it => it.hasAttribute('data-lab-poster'))) poster.remove();
    watch(this);
    return this;
  }

  /** The root element of the lab in its host. */
  get root() { return this.#root; }

  /** `starting`, `running`, `failed` or `destroyed`. */
  get phase() { return this.#state; }

  /** Whether its code was not stopped half-way. */
  get isWhole() {
    try { return this.#handle.isWhole(); } catch { return false; }
  }

  /** Shows that this lab's code has failed: nothing of it runs any more, so this is done here. */
  fail(message) {
    if (this.#state !== 'running') return;
    this.#state = 'failed';
    unwatch(this);
    const find = name => this.#root.querySelector(`.crash${name}`);
    const text = this.#root.querySelector('.area')?.value ?? '';
    const view = find('');
    find('-what').textContent = message;
    find('-manifest').value = text;
    find('-restart').onclick = () => this.restart({ kept: text, fresh: true });
    find('-again').onclick = () => this.restart();
    find('-report').onclick = () => navigator.clipboard?.writeText(`StatefulSet Lab\n${message}\n\n${text}`).catch(() => {});
    this.#root.querySelector('.frame').inert = true;
    view.hidden = false;
    find('-restart').focus({ preventScroll: true });
    this.dispatchEvent(new CustomEvent('crash', { detail: { message } }));
  }

  /** Starts again after a failure, in a fresh instance. */
  async restart(more = {}) {
    if (this.#state !== 'failed') return;
    this.#state = 'starting';
    const old = this.#root;
    await this.start(more);
    old.remove();
    this.dispatchEvent(new CustomEvent('restart'));
  }

  /** Ends the lab and takes it out of the page; nothing of it is left. */
  destroy() {
    if (this.#state === 'destroyed') return;
    const wasRunning = this.#state === 'running';
    this.#state = 'destroyed';
    unwatch(this);
    if (wasRunning) {
      this.#handle.destroy();
      this.#handle.free();
      instances.get(this.#options.code ?? place(FILES.code)).idle.push(this.#glue);
    }
    this.#root?.removeEventListener('lab-crash', this.#onCrash);
    this.#root?.remove();
    this.#styles?.forEach(it => it.remove());
    this.#glue = this.#handle = undefined;
    this.dispatchEvent(new CustomEvent('destroy'));
  }

  #call(name, ...values) {
    if (this.#state !== 'running') throw new Error(`this lab is ${this.#state}`);
    return this.#handle[name](...values);
  }

  /** Changes scenario, lang, theme, speed, paused or guide. */
  set(options) {
    Object.assign(this.#options, options);
    this.#call('set', options);
  }

  /** Types a line; returns what was said at once. */
  run(line) { return this.#call('run', line); }

  /** Ctrl-C. */
  interrupt() { this.#call('interrupt'); }

  /** Puts a text into the editor and applies it; returns what was said. */
  apply(text) { return this.#call('apply', text); }

  /** Lets so many milliseconds of virtual time go by at once. */
  advance(ms) { this.#call('advance', ms); }
  play() { this.#call('play'); }
  pause() { this.#call('pause'); }
  step() { this.#call('step'); }
  stepBack() { this.#call('stepBack'); }

  /** Looks at a moment, in milliseconds since the start. */
  seek(ms) { this.#call('seek', ms); }

  /** What it shows: now, end, version, isPlaying, isSettled, isBusy, speed, lang, theme, scenario, branch, manifest. */
  state() { return JSON.parse(this.#call('state')); }
}

/** Mounts a lab in an element or a shadow root. */
export const mount = (host, options = {}) => new Lab(host, { ...options }).start();

/** How many instances of the code there are in this page, and how many of them wait for a lab. */
export const counts = () => [...instances.values()].reduce(
  (sum, it) => ({ instances: sum.instances + it.count, idle: sum.idle + it.idle.length }), { instances: 0, idle: 0 });
