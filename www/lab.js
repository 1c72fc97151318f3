// Puts labs into a page: compiles the module once, gives every lab an instance of it, and shows what happened when one fails.
//
//   import { mount } from './lab.js';
//   const lab = await mount(element, { scenario: 'web' });
//   lab.run('kubectl get pods'); lab.destroy();
//
// `element` is an element or a shadow root; what stands in it as `[data-lab-poster]` goes when the lab is there.
// Options, all of which may be left out:
//   scenario, manifest, commands, seed   what to begin with: a scenario's id, a YAML text, lines to be typed, a number
//   environment, session   surroundings for an empty cluster ('minikube', 'zones'); a session's text in place of all that
//   lesson    one of the lab's lessons by name, or the address of one on the page's own site; docs/en/lessons.md says how to write one
//   panels, view, readonly   the panels to show ('picture timeline console editor guide'; '' for all), 'identity', 'node' or 'owner',
//             and whether a reader can only look
//   compare          other versions to lay beside it: '1.36,1.37'
//   version, gates   which Kubernetes: '1.37' or 'v1.35.0'; feature gates as '--feature-gates' takes them
//   markers   moments with words for the timeline: [{ at, label }], in milliseconds of virtual time
//   lang, theme, speed, paused, guide, calm   'en' or 'ja'; 'system', 'light' or 'dark'; 0.25 to 16; booleans
//   storage   what every key in localStorage begins with; without, nothing is stored
//   styles    addresses of style sheets to bring along; without, the lab's own; [] where the page has them
//   code, module   other places of the glue and of the WebAssembly module
// A lab is an EventTarget: `change`, `decision` (with the decision as `detail`), `language`, `theme`, `crash` (with `detail.message` and its code), `restart`, `destroy`.

import { copy, hide } from './clipboard.js';
import { PANELS, amount, list, node, record, text, textOrNothing } from './argument-values.js';

/** Where the files of this build are; the build writes their names. */
const FILES = { code: './app.js', module: './app_bg.wasm', styles: ['./style.css', './layout.css', './picture.css', './panels.css', './lessons.css'] };
/** Where the lessons are; their folder has a list of them and their pictures. */
const LESSONS = './lessons/';
/** What the lab's own lessons are called. */
const OWN = /^[\w-]+$/;
const readLesson = name => import('./lesson-files.js').then(it => it.readLesson(name));
/** A session from a link, with the text of its lesson. */
async function whole(session) {
  const value = session?.includes('"lesson"') ? JSON.parse(session) : {};
  if (!value.lesson || value.lesson.source) return session;
  value.lesson.source = await readLesson(value.lesson.name).catch(() => '');
  return JSON.stringify(value);
}
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

/** How long a lab may take for a picture that was asked for after a trap. */
const DRAWN_MS = 5000;

/** A trap that was no panic: the stack or the memory ran out. Only the lab in which it happened is not whole any more. */
function onError(event) {
  const error = event.error ?? event.reason;
  if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) return;
  // A host's listener may have thrown this in the middle of a lab's work, which goes on.
  const look = is => { for (const lab of [...labs]) if (!is(lab)) lab.fail(`${error.name}: ${error.message}`); };
  setTimeout(() => {
    look(lab => lab.isWhole);
    // A trap in the middle of drawing leaves nothing half done that could be seen, and yet nothing is drawn any more.
    for (const lab of labs) lab.drawAgain();
    setTimeout(() => look(lab => lab.isDrawn), DRAWN_MS);
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
  #onCopy = ({ detail: { text, then } }) => copy(this.#root, text, () => this.state().lang).then(then);
  #told = null;

  constructor(host, options) {
    super();
    this.#host = host;
    this.#options = options;
  }

  /** A lab that runs. */
  static mounted(host, options) { return new Lab(host, options).#start(); }

  /** Starts an instance; `more` are options for this time only. */
  async #start(more = {}) {
    const files = { code: this.#options.code ?? place(FILES.code), module: this.#options.module ?? place(FILES.module) };
    const { lesson, lessonText: handed } = this.#options;
    const [glue, session, asked] = await Promise.all([instance(files), whole(this.#options.session), lesson && !handed
      ? readLesson(lesson).then(lessonText => ({ lessonText }), error => ({ lessonError: String(error) }))
      : {}]);
    if (this.#state === 'destroyed') {
      instances.get(files.code).idle.push(glue);
      return this;
    }
    const before = new Set(this.#host.children);
    const styles = this.#options.styles ?? FILES.styles.map(place);
    this.#glue = glue;
    this.#handle = glue.mount(this.#host, {
      ...this.#options, session, ...asked, ...more, readLesson, lessonPictures: place(LESSONS), styles: this.#styles ? [] : styles,
      onEvent: name => {
        this.dispatchEvent(new CustomEvent(name));
        if (name === 'share') this.share().catch(() => {});
        if (name === 'change' && this.#told !== null) queueMicrotask(() => this.#tellDecisions());
      },
    });
    this.#root = this.#handle.root;
    // The root may be another lab's from before.
    this.#look({ panels: '', readonly: false, ...this.#options });
    this.#styles ??= [...this.#host.children].filter(it => !before.has(it) && it.localName === 'link');
    // The next lab takes the root over.
    this.#root.addEventListener('lab-crash', this.#onCrash);
    this.#root.addEventListener('lab-copy', this.#onCopy);
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

  /** Waits until a stored session has been played, frame by frame; methods that are called before play the rest at once. */
  async loaded() {
    while (this.#state === 'running' && this.#handle.isLoading) await new Promise(requestAnimationFrame);
    return this;
  }

  /** Asks for a picture; where drawing was stopped half-way, none comes. */
  drawAgain() {
    try { this.#handle?.drawAgain(); } catch { /* None comes. */ }
  }

  /** Whether the picture that was asked for has come. */
  get isDrawn() {
    try { return this.#handle?.isDrawn() ?? true; } catch { return false; }
  }

  /** Shows that this lab's code has failed: nothing of it runs any more, so this is done here. */
  fail(message) {
    if (this.#state !== 'running') return;
    this.#state = 'failed';
    unwatch(this);
    // What is left of the code that failed may fail again; the lab that takes its place is not concerned.
    this.#root.removeEventListener('lab-crash', this.#onCrash);
    this.#root.removeEventListener('lab-copy', this.#onCopy);
    const find = name => this.#root.querySelector(`.crash${name}`);
    const text = this.#root.querySelector('.area')?.value ?? '';
    const view = find('');
    find('-what').textContent = message;
    find('-manifest').value = text;
    find('-restart').onclick = () => this.restart({ kept: text, fresh: true });
    find('-again').onclick = () => this.restart();
    const { lang } = this.#options;
    find('-report').onclick = () => copy(this.#root, `StatefulSet Lab\n${message}\n\n${text}`, () => lang);
    this.#root.querySelector('.frame').inert = true;
    view.hidden = false;
    // Not a button: whoever was typing would press it with the next blank.
    view.tabIndex = -1;
    view.focus({ preventScroll: true });
    this.dispatchEvent(new CustomEvent('crash', { detail: { message, code: 'crash' } }));
  }

  /** Starts again after a failure, in a fresh instance. */
  async restart(more = {}) {
    if (this.#state !== 'failed') return;
    this.#state = 'starting';
    const old = this.#root;
    await this.#start(more);
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
    this.#root?.removeEventListener('lab-copy', this.#onCopy);
    hide(this.#root);
    this.#root?.remove();
    this.#styles?.forEach(it => it.remove());
    this.#glue = this.#handle = undefined;
    this.dispatchEvent(new CustomEvent('destroy'));
  }

  #call(name, ...values) {
    if (this.#state !== 'running') throw Object.assign(new Error(`this lab is ${this.#state}`), { code: this.#state === 'destroyed' ? 'destroyed' : 'not-started' });
    return this.#handle[name](...values);
  }

  addEventListener(name, ...rest) {
    if (name === 'decision') this.#told ??= this.#state === 'running' ? this.decisions().length : 0;
    super.addEventListener(name, ...rest);
  }

  #tellDecisions() {
    if (this.#state !== 'running' || !this.isWhole) return;
    const fresh = this.decisions(this.#told);
    this.#told += fresh.length;
    for (const detail of fresh) this.dispatchEvent(new CustomEvent('decision', { detail }));
  }

  /** What the style sheet shows of the lab. */
  #look({ panels, readonly }) {
    // Where none of the names means anything, all panels are shown.
    const named = panels?.split(/\s+/).filter(it => PANELS.includes(it)).join(' ');
    if (named) this.#root.dataset.panels = named;
    else if (named === '') delete this.#root.dataset.panels;
    if (readonly === undefined) return;
    this.#root.toggleAttribute('data-readonly', Boolean(readonly));
    this.#root.querySelectorAll('.area').forEach(it => { it.readOnly = Boolean(readonly); });
  }

  /** Changes scenario, lang, theme, speed, paused, guide, panels, view, markers or readonly. */
  set(options) {
    Object.assign(this.#options, options);
    this.#call('set', options);
    this.#look(options);
  }

  /** Types a line; returns what was said at once: { output, lines, hints, exit }. */
  run(line) { return this.#call('run', text(line)); }

  /** Ctrl-C. */
  interrupt() { this.#call('interrupt'); }

  /** Puts a text into the editor and applies it; returns what was said. */
  apply(yaml) { return this.#call('apply', text(yaml)); }

  /** Puts a file into the console's working directory. */
  putFile(name, content) { this.#call('putFile', text(name), text(content)); }

  /** Lets so many milliseconds of virtual time go by at once. */
  advance(ms) { this.#call('advance', amount(ms)); }
  play() { this.#call('play'); }
  pause() { this.#call('pause'); }
  step() { this.#call('step'); }
  stepBack() { this.#call('stepBack'); }

  /** Looks at a moment, in milliseconds since the start. */
  seek(ms) { this.#call('seek', amount(ms)); }

  /** Reads a page's code blocks, [{ text, language, name, output }], and puts its files into the working directory. */
  openPage(blocks) { return this.#call('openPage', list(blocks)); }

  /** Plays a line of a block, at the moment that fits what its author printed: { said, hints, differences }. */
  playTurn(block, turn) { return this.#call('playTurn', amount(block), amount(turn)); }

  /** Applies the manifest of a block, as the file that it shows: { said, hints, exit, differences }. */
  applyBlock(block) { return this.#call('applyBlock', amount(block)); }

  /** Lets virtual time go on until nothing more happens by itself. */
  settle() { this.#call('settle'); }

  /** What `kubectl get KIND [NAME] -o json` gives. */
  objects(kind, name) { return this.#call('objects', text(kind), textOrNothing(name)); }

  /** The decisions so far, from the one with number `from` on. */
  decisions(from = 0) { return this.#call('decisions', amount(from)); }

  /** Why an object is not as asked: { object, fine, causes, ends, since, until, remedies, came }. */
  why(kind, name) { return this.#call('why', text(kind), text(name)); }

  /** What applying a manifest would lead to: { lines, errors }. */
  plan(yaml) { return this.#call('plan', text(yaml)); }

  /** The picture as the text of an SVG file. */
  toSVG() { return this.#call('toSVG'); }

  /** The session as text; `mount(host, { session })` goes on from it. */
  session() { return this.#call('session'); }

  /** The end of a link to the lab's page that holds the session: `#v1.…`. */
  async permalink() {
    const { lang, scenario } = this.state();
    const { writeLink } = await import('./permalink.js');
    // The lab's own lessons are fetched again by their names: a link need not carry them.
    const session = JSON.parse(this.session());
    if (session.lesson && OWN.test(session.lesson.name)) delete session.lesson.source;
    return writeLink(JSON.stringify(session), { lang, ...scenario && { scenario } });
  }

  /** Copies a link to this session, and tells the reader. `page` is the address of the lab's own page. */
  async share(page = place('./')) {
    const { lang } = this.state();
    const link = await this.permalink().catch(error => error);
    if (link instanceof Error) return this.#call('notify', link.code === 'link-too-large' ? 'large' : 'broken');
    const address = new URL(link, page).href;
    const isOwn = location.origin + location.pathname === page.split('#')[0];
    if (isOwn) history.replaceState(history.state, '', link);
    const isCopied = await copy(this.#root, address, () => lang);
    this.#call('notify', isCopied ? 'copied' : isOwn ? 'address' : 'manual');
    return address;
  }

  /** Tells the reader what became of a link: copied, address, manual, large, broken, newer. */
  notify(what) { this.#call('notify', what); }

  /** The moment that it shows, in milliseconds of virtual time. */
  get now() { return this.state().now; }

  /** What it shows: now, end, version, isPlaying, isSettled, isBusy, speed, lang, theme, scenario, kubernetes, gates, branch, manifest, notice, unread; with a kind, see objects. */
  state(kind, name) {
    if (kind) return this.objects(kind, name);
    return JSON.parse(this.#call('state'));
  }
}

/** Calls `then` with an error where a style sheet that a lab has brought into `place` cannot be had. */
export function unstyled(place, then) {
  for (const link of place.querySelectorAll('link[rel=stylesheet]')) {
    // The page's policy is heard of a moment later.
    link.addEventListener('error', () => setTimeout(() => then(new Error(`${link.href} could not be loaded`))), { once: true });
  }
}

/** Mounts a lab in an element or a shadow root. Fails with the code `no-document` where there is none, as in Node, and with `bad-value`. */
export async function mount(host, options = {}) {
  if (typeof document === 'undefined') throw Object.assign(new Error('a lab is mounted in a document, and there is none here: createCluster() needs none'), { code: 'no-document' });
  return Lab.mounted(node(host), { ...record(options ?? {}) });
}

/** How many instances of the code there are in this page, and how many of them wait for a lab. */
export const counts = () => [...instances.values()].reduce(
  (sum, it) => ({ instances: sum.instances + it.count, idle: sum.idle + it.idle.length }), { instances: 0, idle: 0 });
