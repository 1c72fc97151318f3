// Makes the tutorials of a page run: one script, and nothing in the page's text changes.
//
//   <script type="module" src="…/statefulset-run.js"></script>
//
// Attributes of the script tag, all of which may be left out: `data-environment` (minikube, zones), `data-seed`, `data-version`,
// `data-selector` (where code blocks are, default `pre`), `data-base` (where the lab's files are). A block may carry
// `data-depends-on`: numbers of blocks, or `none`, in place of all that stand above it.
import { isForProgram } from './block-kinds.js';
import { blocksOf } from './code-blocks.js';
import { followHost, langAt, themeAt } from './statefulset-lab.js';

const WORDS = {
  en: {
    run: 'Run', apply: 'Apply', save: 'Save', again: 'Run again', running: 'Running…', all: 'Run them first', only: 'Only this one', cancel: 'Cancel', close: 'Clear',
    before: count => `${count === 1 ? 'The block above has' : `The ${count} blocks above have`} not been run yet.`,
    same: 'As printed.', other: count => `${count === 1 ? '1 line is' : `${count} lines are`} different here:`, printed: 'printed', here: 'here', nothing: '(nothing)',
    failed: 'A command failed.', stands: 'time stands: the next block watches', file: name => `Saved as ${name}.`, dock: 'Cluster', fold: 'Fold', unfold: 'Show', whole: 'Open the lab', less: 'Back to the page', answer: 'What the cluster says', idle: 'no pods',
    pods: (ready, count) => `${ready}/${count} pods`,
  },
  ja: {
    run: '実行', apply: '適用', save: '保存', again: 'もう一度実行', running: '実行中…', all: '先に実行する', only: 'ここだけ実行', cancel: 'やめる', close: '消す',
    before: count => `上の ${count} 個のブロックがまだ実行されていません。`,
    same: '本文のとおりです。', other: count => `本文と違う行が ${count} 行あります:`, printed: '本文', here: 'ここ', nothing: '(なし)',
    failed: '失敗したコマンドがあります。', stands: '次のブロックが watch を始めるまで時間は止まっています', file: name => `${name} として保存しました。`, dock: 'クラスター', fold: 'たたむ', unfold: '表示', whole: 'ラボを開く', less: 'ページに戻る', answer: 'クラスターの答え', idle: 'Pod なし',
    pods: (ready, count) => `Pod ${ready}/${count}`,
  },
};

const sheet = text => { const it = new CSSStyleSheet(); it.replaceSync(text); return it; };
const COLOURS = `:host { all: initial; display: block; color-scheme: light dark; font: 14px/1.5 system-ui, "Hiragino Sans", "Noto Sans JP", sans-serif;
  --panel: light-dark(#fff, #12161d); --sunken: light-dark(#f5f6f8, #0f1319); --edge: light-dark(#d5d9e0, #2f3745); --text: light-dark(#12161f, #e7eaf0); --soft: light-dark(#545d6d, #9aa5b8);
  --accent: light-dark(#2456d6, #84aaff); --on-accent: light-dark(#fff, #0b1226); --ok: light-dark(#00694d, #4cd8af); --bad: light-dark(#a84300, #ff9a5c); --bad-soft: light-dark(#fdeadf, #371c0d); color: var(--text) }
:host([data-scheme=light]) { color-scheme: light } :host([data-scheme=dark]) { color-scheme: dark }
button { font: inherit; font-size: 13px; color: var(--soft); background: none; border: 1px solid transparent; border-radius: 6px; padding: 2px 10px; cursor: pointer; white-space: nowrap }
button:hover { background: light-dark(#e8ebf0, #1d2330); color: var(--text) } button:disabled { opacity: .5; cursor: default }
.main { color: var(--accent); border-color: var(--edge); font-weight: 600 } :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px } [hidden] { display: none !important }`;
const RUN = sheet(`${COLOURS}
:host { margin: -.35rem 0 1rem }
.row { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; justify-content: flex-end }
.ask { color: var(--soft); font-size: 13px }
.said { margin-top: 6px; border: 1px solid var(--edge); border-left: 3px solid var(--accent); border-radius: 6px; background: var(--sunken); overflow: hidden }
.said.differs { border-left-color: var(--bad) }
.said > code { display: block; padding: 6px 12px; font: 12.5px/1.5 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; user-select: all }
pre { margin: 0; padding: 8px 12px; overflow: auto; max-height: 26rem; font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Noto Sans Mono CJK JP", monospace; white-space: pre; tab-size: 8 }
.typed { font-weight: 600 } .hint, .note { color: var(--soft); font-style: italic; white-space: pre-wrap } .other { background: var(--bad-soft) }
.verdict { display: flex; gap: 8px; align-items: baseline; justify-content: space-between; margin: 0; padding: 4px 12px; border-top: 1px solid var(--edge); font-size: 13px; color: var(--ok) } .verdict.differs { color: var(--bad) }
table { border-collapse: collapse; font-size: 12.5px; margin: 0 12px 8px; max-width: calc(100% - 24px) } th { text-align: start; font-weight: 600; color: var(--soft); padding-inline-end: 12px; vertical-align: top; white-space: nowrap }
td { font-family: ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere }`);
const DOCK = sheet(`${COLOURS}
:host { position: fixed; z-index: 90; right: 12px; bottom: 12px; width: var(--dock-width, 320px) }
:host([data-place=bar]) { left: 0; right: 0; bottom: 0; width: auto }
:host([data-whole]) { inset: 12px; width: auto; height: auto }
.dock { display: flex; flex-direction: column; background: var(--panel); border: 1px solid var(--edge); border-radius: 10px; box-shadow: 0 8px 24px rgb(10 20 40 / .16); overflow: hidden }
:host([data-place=bar]) .dock { border-radius: 10px 10px 0 0; border-width: 1px 0 0 } :host([data-whole]) .dock { height: 100% }
.head { display: flex; align-items: center; gap: 4px; min-height: 40px; padding: 0 6px 0 12px } .head b { font-weight: 600 } .head span { flex: 1; min-width: 0; color: var(--soft); font-size: 12.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding-inline-start: 6px }
.lab { height: min(300px, 40vh); border-top: 1px solid var(--edge) } :host([data-folded]:not([data-whole])) .lab { display: none } :host([data-whole]) .lab { flex: 1; height: auto; min-height: 0 }
statefulset-lab { height: 100%; margin: 0 } statefulset-lab::part(bar) { display: none } statefulset-lab::part(box) { border: 0; border-radius: 0 }`);

const element = (name, properties = {}, ...children) => {
  const it = Object.assign(document.createElement(name), properties);
  it.append(...children);
  return it;
};

/** An element of ours in the page, with a shadow root in the page's language and theme. */
class Island extends HTMLElement {
  #ends = [];
  constructor() {
    super();
    this.root = this.attachShadow({ mode: 'open' });
    for (const name of ['keydown', 'keyup', 'keypress']) this.root.addEventListener(name, event => { if (event.key !== 'Tab') event.stopPropagation(); });
  }
  connectedCallback() {
    const follow = () => {
      const theme = themeAt(this);
      if (theme === 'system') this.removeAttribute('data-scheme'); else this.setAttribute('data-scheme', theme);
      // Its own attribute says what it shows, not what the page speaks.
      const lang = langAt(this.parentNode ?? document.documentElement);
      if (lang !== this.lang) { this.setAttribute('lang', lang); this.words = WORDS[lang]; this.draw?.(); }
    };
    follow();
    this.#ends = [followHost(this, follow)];
  }
  disconnectedCallback() { this.#ends.splice(0).forEach(end => end()); }
}

/** The cluster of the page: one lab, docked, with the page's blocks. */
class Dock extends Island {
  #lab;
  #head;
  #ready;
  constructor() {
    super();
    this.root.adoptedStyleSheets = [DOCK];
  }

  draw() {
    if (!this.#head) {
      this.#head = element('div', { className: 'head' });
      this.root.append(element('section', { className: 'dock' }, this.#head, element('div', { className: 'lab' })));
      this.place = () => this.#settlePlace();
      addEventListener('resize', this.place);
      this.#settlePlace();
      this.root.addEventListener('keydown', event => { if (event.key === 'Escape' && this.hasAttribute('data-whole')) this.#toggle('data-whole'); });
    }
    const button = (text, then, className = '') => element('button', { type: 'button', className, textContent: text, onclick: then });
    const isFolded = this.hasAttribute('data-folded'), isWhole = this.hasAttribute('data-whole');
    this.state = element('span', { textContent: this.state?.textContent ?? '' });
    this.state.setAttribute('role', 'status');
    const fold = button(isFolded ? this.words.unfold : this.words.fold, () => this.#toggle('data-folded'));
    fold.setAttribute('aria-expanded', String(!isFolded));
    fold.hidden = isWhole;
    this.root.querySelector('.dock').setAttribute('aria-label', this.words.dock);
    // Whoever pressed a button stays at it, and Escape is heard there.
    const at = [...this.#head.children].indexOf(this.root.activeElement);
    this.#head.replaceChildren(element('b', { textContent: this.words.dock }), this.state, fold, button(isWhole ? this.words.less : this.words.whole, () => this.#toggle('data-whole')));
    this.#head.children[at]?.focus({ preventScroll: true });
    if (this.lab) this.say(this.lab);
  }

  #toggle(name) {
    this.toggleAttribute(name);
    this.start();
    if (name === 'data-whole') this.#lab.setAttribute('panels', this.hasAttribute(name) ? '' : 'picture');
    this.draw();
    this.#spare();
  }

  /** In the margin where there is one, else a bar that the page can be scrolled clear of. */
  #settlePlace() {
    // What a site calls its main part may be as wide as the window: the blocks themselves say where the text ends.
    const rights = page.blocks.map(({ whole }) => whole.parentElement?.getBoundingClientRect().right ?? Infinity);
    const margin = document.documentElement.clientWidth - Math.max(...rights);
    const isBar = margin < 260;
    this.setAttribute('data-place', isBar ? 'bar' : 'margin');
    if (!this.#ready) this.setAttribute('data-folded', '');
    const own = sheet(`:host { --dock-width: ${Math.round(Math.min(380, margin - 24))}px }`);
    this.root.adoptedStyleSheets = [DOCK, own];
    this.#spare();
  }

  /** Room at the end of the page, so that the bar covers no text for good. */
  #spare() {
    this.spare ??= element('div', { ariaHidden: 'true' });
    const isBar = this.getAttribute('data-place') === 'bar';
    if (isBar && !this.spare.isConnected) this.parentNode?.insertBefore(this.spare, this);
    if (!isBar) this.spare.remove();
    this.spare.attachShadow && !this.spare.shadowRoot && this.spare.attachShadow({ mode: 'open' });
    const height = this.getBoundingClientRect().height;
    if (this.spare.shadowRoot && !this.hasAttribute('data-whole')) this.spare.shadowRoot.adoptedStyleSheets = [sheet(`:host { display: block; height: ${Math.ceil(height)}px }`)];
  }

  /** The lab, once it is there, with the page's files in it. */
  start() {
    if (this.#ready) return this.#ready;
    // A picture has room in the margin; over the text it is shown when somebody asks for it.
    if (this.getAttribute('data-place') === 'margin') this.removeAttribute('data-folded');
    this.#ready = (async () => {
      const { environment, seed, version, gates, base } = settings();
      this.#lab = element('statefulset-lab', { loading: 'eager' });
      this.#lab.setAttribute('environment', environment ?? 'minikube');
      this.#lab.setAttribute('panels', this.hasAttribute('data-whole') ? '' : 'picture');
      if (seed) this.#lab.seed = seed;
      if (version) this.#lab.version = version;
      if (gates) this.#lab.gates = gates;
      if (base) this.#lab.base = base;
      this.#lab.setAttribute('autoplay', '');
      this.root.querySelector('.lab').append(this.#lab);
      await this.#lab.ready;
      const lab = this.#lab.lab;
      if (!lab) throw new Error('the cluster could not be started');
      this.page = lab.openPage(page.blocks.map(({ text, language, name, output }) => ({ text, language, name, output })));
      lab.addEventListener('change', () => this.say(lab));
      return lab;
    })();
    this.draw();
    this.#ready.catch(() => { this.#ready = null; this.#lab?.remove(); });
    return this.#ready;
  }

  /** The lab, if it runs. */
  get lab() { return this.#lab?.lab; }

  say(lab) {
    if (lab.phase !== 'running' || this.due) return;
    this.due = setTimeout(() => {
      this.due = 0;
      if (lab.phase !== 'running') return;
      const pods = lab.objects('pods').items.filter(it => it.metadata.namespace !== 'kube-system');
      const ready = pods.filter(it => it.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')).length;
      const count = pods.length ? this.words.pods(ready, pods.length) : this.words.idle;
      this.state.textContent = this.stands && !lab.state().isPlaying ? `${count} · ⏸ ${this.words.stands}` : count;
    }, 250);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('resize', this.place);
    this.spare?.remove();
  }
}

/** The buttons and the answer of one block. */
class Run extends Island {
  constructor() {
    super();
    this.root.adoptedStyleSheets = [RUN];
    this.row = element('div', { className: 'row' });
    this.answer = element('div');
    this.answer.setAttribute('role', 'status');
    this.root.append(this.row, this.answer);
    // The second half of a double click, or of a key that is held, means what the first one did, whatever stands there by then.
    this.row.addEventListener('click', event => { if (event.detail > 1) event.stopPropagation(); }, true);
    this.row.addEventListener('keydown', event => { if (event.repeat) event.preventDefault(); });
  }

  draw() {
    if (!this.block) return;
    if (this.asked) return this.ask();
    const { words } = this;
    const label = this.busy ? words.running : this.block.done ? words.again : this.block.kind !== 'manifest' ? words.run : page.isApplied(this.block) ? words.save : words.apply;
    this.row.replaceChildren(element('button', { type: 'button', className: 'main', textContent: `▶ ${label}`, disabled: Boolean(this.busy), onclick: () => this.press() }));
  }

  press() {
    this.asked = page.missing(this.block).length;
    if (!this.asked) return page.play([this.block]);
    this.ask();
    this.row.querySelector('.main').focus();
  }

  /** Asks whether the blocks above that have not been run are to be run first; says how many are left of them by now. */
  ask() {
    const { words } = this;
    const button = (text, then, className = '') => element('button', { type: 'button', textContent: text, className, onclick: then });
    const answered = blocks => () => { this.asked = 0; page.play(blocks()); };
    this.row.replaceChildren(element('span', { className: 'ask', textContent: words.before(this.asked) }),
      button(words.all, answered(() => [...page.missing(this.block), this.block]), 'main'), button(words.only, answered(() => [this.block])),
      button(words.cancel, () => { this.asked = 0; this.draw(); }));
  }

  /** Shows what the cluster says to each line. */
  show(turns) {
    const { words } = this;
    const pre = element('pre', { tabIndex: 0, ariaLabel: words.answer });
    const rows = [];
    let hasFailed = false;
    for (const { prompt, typed, said, hints, differences, printed, exit } of turns) {
      if (typed) pre.append(element('div', { className: 'typed', textContent: `${(prompt || '$').trimEnd()} ${typed}` }));
      const other = new Set(differences.map(it => it.said));
      said.forEach((line, at) => pre.append(element('div', { className: other.has(at) ? 'other' : '', textContent: line || ' ' })));
      hints.forEach(line => pre.append(element('div', { className: 'hint', textContent: line })));
      for (const it of differences) {
        if (it.printed == null && exit) hasFailed = true;
        else rows.push([it.printed == null ? words.nothing : printed[it.printed], it.said == null ? words.nothing : said[it.said]]);
      }
    }
    const hasPrinted = turns.some(it => it.printed.length);
    const differs = hasFailed || rows.length ? ' differs' : '';
    const wrong = [hasFailed ? words.failed : '', rows.length ? words.other(rows.length) : ''].filter(Boolean).join(' ');
    const verdict = element('p', { className: `verdict${differs}` },
      element('span', { textContent: wrong || (hasPrinted ? `✓ ${words.same}` : '') }),
      element('button', { type: 'button', textContent: words.close, onclick: () => this.answer.replaceChildren() }));
    const table = element('table', { hidden: !rows.length });
    for (const [printed, here] of rows) for (const [name, text] of [[words.printed, printed], [words.here, here]]) table.append(element('tr', {}, element('th', { textContent: name }), element('td', { textContent: text })));
    this.answer.replaceChildren(element('div', { className: `said${differs}` }, pre, verdict, table));
  }

  /** Says why nothing was run; where the page's policy is the reason, with the line that it lacks. */
  async fail(error) {
    const said = element('div', { className: 'said differs' });
    const { explain } = await import('./blocked.js');
    explain(said, { error, base: new URL('.', import.meta.url).href, lang: langAt(this) });
    said.querySelectorAll('p').forEach(it => { it.className = 'verdict differs'; });
    this.answer.replaceChildren(said);
  }
}

/** The attributes of the script tag. */
const settings = () => document.querySelector('script[src*="statefulset-run"]')?.dataset ?? {};

/** A turn of which nothing was said, printed or expected. */
const NOTHING = { typed: '', said: [], hints: [], differences: [], printed: [] };

/** What tells a block from another, wherever its elements are. */
const SAYS = ['text', 'language', 'kind'];

/** The blocks of the page and their cluster. */
const page = {
  blocks: [],
  dock: null,
  line: Promise.resolve(),

  /** Finds the blocks, once for a page; a page that is exchanged in place begins anew. */
  scan() {
    // A site that copies its text copies our elements with it: an empty one belongs to no block.
    for (const copy of document.querySelectorAll('statefulset-run')) if (!copy.block) copy.remove();
    const found = blocksOf(document, settings().selector);
    const isSame = found.length === this.blocks.length && found.every((block, at) => SAYS.every(it => block[it] === this.blocks[at][it]));
    if (isSame && (!found.length || this.dock.isConnected)) return this.keep(found);
    for (const { run } of this.blocks) run.remove();
    this.dock?.remove();
    this.dock = null;
    this.blocks = found;
    for (const block of found) {
      block.run = document.createElement('statefulset-run');
      block.run.block = block;
      block.end.after(block.run);
    }
    if (!found.length) return;
    this.dock = document.createElement('statefulset-dock');
    document.body.append(this.dock);
  },

  /** A site may make its blocks again without a change of what they say (React does): what was pressed and answered stays with them. */
  keep(found) {
    found.forEach(({ pre, whole, end }, at) => {
      const { run, end: before } = this.blocks[at];
      Object.assign(this.blocks[at], { pre, whole, end });
      if (end !== before || !run.isConnected) end.after(run);
    });
  },

  /** The blocks that come before one: all that stand above it, or what it says itself. */
  before(block) {
    const said = block.pre.dataset.dependsOn ?? block.whole.dataset.dependsOn;
    const at = this.blocks.indexOf(block);
    if (said === undefined) return this.blocks.slice(0, at);
    return said.split(/[\s,]+/).map(Number).filter(number => number >= 1 && number <= at).map(number => this.blocks[number - 1]);
  },

  /** Those of them that have not been run, and do not run. */
  missing(block) { return this.before(block).filter(it => !it.done && !it.run.busy); },

  /** A question whose blocks were run meanwhile has less to ask, or nothing. */
  askAnew() {
    for (const { run } of this.blocks.filter(it => it.run.asked)) {
      const left = this.missing(run.block).length;
      if (left === run.asked) continue;
      run.asked = left;
      run.draw();
    }
  },

  /** Whether a command of the page applies the file of this block, or no API server reads it, so that it is only saved here. */
  isApplied(block) {
    return isForProgram(block.text) || Boolean(block.name) && this.blocks.some(it => (it.kind === 'session' || isForProgram(it.text)) && it.text.includes(block.name));
  },

  /** Plays blocks in order; what is pressed meanwhile waits in line behind them. */
  play(blocks) {
    for (const block of blocks) { block.run.busy = true; block.run.asked = 0; block.run.draw(); }
    this.askAnew();
    this.line = this.line.then(() => this.perform(blocks));
    return this.line;
  },

  async perform(blocks) {
    try {
      const lab = await this.dock.start();
      // A line takes the time that it takes in the cluster; how quick the machine is must not be told by what the next one sees.
      lab.pause();
      for (const block of blocks) {
        const at = this.blocks.indexOf(block);
        block.run.show(await this.turns(lab, at, block));
        block.done = true;
        block.run.busy = false;
        block.run.draw();
        await new Promise(done => setTimeout(done, 0));
      }
    } catch (error) {
      blocks.filter(it => it.run.busy).slice(0, 1).forEach(it => it.run.fail(error));
    } finally {
      this.keepTime(blocks.at(-1));
      for (const block of blocks) { block.run.busy = false; block.run.draw(); }
      this.askAnew();
    }
  },

  /** What a watch shows must not be over before it begins: time stands before a block with one, however long its reader reads. */
  keepTime(last) {
    const lab = this.dock?.lab;
    if (lab?.phase !== 'running') return;
    this.dock.stands = Boolean(this.dock.page[this.blocks.indexOf(last) + 1]?.watches);
    if (this.dock.stands) lab.pause(); else lab.play();
    this.dock.say(lab);
  },

  /** Who has pressed Apply above sees `unchanged` where the author printed `created`: that is no difference. */
  forgive(answer) {
    const isApplied = this.blocks.some(it => it.kind === 'manifest' && it.done && it.name && answer.typed.includes(it.name));
    const stem = line => line?.replace(/ (created|configured|unchanged)$/, '');
    const isSame = ({ printed, said }) => stem(answer.printed[printed]) === stem(answer.said[said]);
    return isApplied ? { ...answer, differences: answer.differences.filter(it => !isSame(it)) } : answer;
  },

  async turns(lab, at, block) {
    const { name, turns } = this.dock.page[at];
    block.name ??= name;
    if (block.kind === 'manifest') {
      if (this.isApplied(block)) return [{ ...NOTHING, hints: [block.run.words.file(block.name)] }];
      return [{ ...NOTHING, typed: `kubectl apply -f ${block.name ?? 'manifest.yaml'}`, ...lab.applyBlock(at) }];
    }
    const answers = [];
    for (let turn = 0; turn < turns.length; turn += 1) {
      answers.push(this.forgive({ ...turns[turn], ...lab.playTurn(at, turn) }));
      block.run.show(answers);
      await new Promise(done => setTimeout(done, 0));
    }
    return answers;
  },
};

if (!customElements.get('statefulset-run')) {
  customElements.define('statefulset-run', Run);
  customElements.define('statefulset-dock', Dock);
  const begin = () => {
    page.scan();
    // Sites that exchange their text in place (instant navigation) get the new page's blocks.
    let due = 0;
    new MutationObserver(changes => {
      const isOurs = changes.every(({ addedNodes, removedNodes }) => [...addedNodes, ...removedNodes].every(it => /^STATEFULSET-/.test(it.nodeName)));
      if (isOurs || due) return;
      due = setTimeout(() => { due = 0; page.scan(); }, 100);
    }).observe(document.body, { childList: true, subtree: true });
  };
  // React takes over what the server rendered first; before that nothing may stand between.
  const html = document.documentElement;
  const isWaiting = () => html.getAttribute('data-has-hydrated') === 'false';
  const whenRead = then => document.readyState === 'loading' ? document.addEventListener('DOMContentLoaded', then, { once: true }) : then();
  whenRead(() => {
    if (!isWaiting()) return begin();
    new MutationObserver((_, watch) => { if (!isWaiting()) { watch.disconnect(); begin(); } }).observe(html, { attributes: true });
  });
}
