// The element <statefulset-lab>: a lab in somebody else's page. This file is all that a page loads until an element comes
// near the reader's eyes; what the attributes mean stands in docs/en/element.md.
//
// It touches nothing of its host: its parts live in a shadow root, its styles in a constructed sheet, which a policy of
// `style-src 'self'` allows.

const HERE = new URL('.', import.meta.url).href;
const BOOLEANS = ['autoplay', 'loop', 'pause-on-markers', 'readonly'];
const TEXTS = ['src', 'scenario', 'lesson', 'environment', 'commands', 'panels', 'view', 'start-at', 'speed', 'markers', 'seed', 'version', 'gates', 'compare', 'theme', 'height', 'base', 'loading', 'poster'];
/** What changes in a lab that runs; everything else that is not looked at afresh begins another lab. */
const LIVE = ['panels', 'view', 'speed', 'theme', 'height', 'readonly', 'lang', 'autoplay', 'markers', 'pause-on-markers', 'loop', 'poster', 'loading'];
const METHODS = ['run', 'interrupt', 'apply', 'putFile', 'advance', 'settle', 'play', 'pause', 'step', 'stepBack', 'seek', 'state', 'objects', 'decisions', 'why', 'plan', 'toSVG', 'openPage', 'playTurn', 'applyBlock'];

const WORDS = {
  en: { start: 'Start the cluster', wait: 'Starting the cluster…', open: 'Open in the lab', full: 'Full screen', less: 'Leave full screen' },
  ja: { start: 'クラスターを動かす', wait: 'クラスターを起動しています…', open: 'ラボで開く', full: '全画面', less: '全画面を終える' },
};

const sheet = text => { const it = new CSSStyleSheet(); it.replaceSync(text); return it; };
const STYLE = sheet(`
:host { display: block; position: relative; box-sizing: border-box; height: 560px; margin: 16px 0; contain: layout;
  color-scheme: light dark; font: 14px/1.5 system-ui, "Hiragino Sans", "Noto Sans JP", sans-serif; --lab-min-height: 0px; --edge: light-dark(#d5d9e0, #2f3745) }
:host([hidden]) { display: none }
:host([data-scheme=light]) { color-scheme: light }
:host([data-scheme=dark]) { color-scheme: dark }
:host(:fullscreen) { height: 100% !important; margin: 0; background: light-dark(#fff, #0c0f14) }
.box { position: absolute; inset: 0; display: flex; flex-direction: column; border: 1px solid var(--edge); border-radius: 8px; overflow: hidden; background: light-dark(#f5f6f8, #0c0f14) }
.place { position: relative; flex: 1; min-height: 0; font-size: medium }
.poster { position: absolute; inset: 0; display: grid; place-items: center; overflow: auto; font-size: 14px; color: light-dark(#12161f, #e7eaf0) }
.poster img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; opacity: .85 }
.poster ::slotted(*) { max-width: 100% }
.say { position: relative; display: grid; justify-items: center; gap: 8px; padding: 12px }
.say:has(p) { background: light-dark(#fff, #0c0f14); border-radius: 8px }
.say p { margin: 0; max-width: 700px } .say code { display: block; padding: 8px; background: light-dark(#fff, #1a1f29); border: 1px solid var(--edge); border-radius: 6px; overflow-wrap: anywhere; user-select: all }
button, a { font: inherit; font-size: 12px; color: light-dark(#545d6d, #9aa5b8); text-decoration: none; background: none; border: 0; border-radius: 5px; padding: 3px 8px; cursor: pointer }
button:hover, a:hover { background: light-dark(#e8ebf0, #1d2330); color: light-dark(#12161f, #e7eaf0) }
:focus-visible { outline: 2px solid light-dark(#2456d6, #84aaff); outline-offset: 1px }
.start { font-size: 15px; font-weight: 600; padding: 10px 18px; color: light-dark(#fff, #0b1226); background: light-dark(#2456d6, #84aaff) }
.start:hover { color: light-dark(#fff, #0b1226); background: light-dark(#1d48b8, #a0bfff) }
.bar { display: flex; justify-content: flex-end; align-items: center; gap: 4px; min-height: 28px; padding: 0 6px; border-top: 1px solid var(--edge) }
.bar output { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 12px; color: light-dark(#545d6d, #9aa5b8) }
[hidden] { display: none !important }`);

/** The nearest ancestor for which `find` returns something, out of shadow roots as well, and what it returns. */
function up(node, find) {
  for (let at = node; at; at = at.parentNode ?? at.host) {
    const found = at.nodeType === 1 && find(at);
    if (found) return found;
  }
  return null;
}

/** Where sites keep their switch between light and dark. */
const SWITCHES = ['data-theme', 'data-md-color-scheme', 'data-bs-theme', 'data-color-mode'];
const DARK = /(^|\s)(dark|navy|coal|ayu|slate)(\s|$)/;
const LIGHT = /(^|\s)(light|rust|default)(\s|$)/;

/** `light`, `dark`, or null where the host's switch stands at automatic or there is none. */
function switchOf(element) {
  for (const name of SWITCHES) {
    const value = element.getAttribute(name);
    if (value) return DARK.test(value) ? 'dark' : LIGHT.test(value) ? 'light' : null;
  }
  const names = element.getAttribute('class') ?? '';
  return DARK.test(names) ? 'dark' : /(^|\s)(light|rust)(\s|$)/.test(names) ? 'light' : null;
}

/** Whether a background is `light` or `dark`; null for one that is seen through. */
function shadeOf(element) {
  const [red, green, blue, alpha = 1] = (getComputedStyle(element).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
  if (blue === undefined || alpha < .5) return null;
  return .3 * red + .59 * green + .11 * blue < 110 ? 'dark' : 'light';
}

/** What the page's own switch says of the place of `node`: `light`, `dark`, or `system`; without one, how the page looks. */
export function themeAt(node) {
  const from = node.parentNode ?? node.host ?? node;
  const said = up(from, switchOf);
  if (said) return said;
  const scheme = getComputedStyle(from.nodeType === 1 ? from : document.documentElement).colorScheme.split(' ');
  if (scheme.includes('dark') && !scheme.includes('light')) return 'dark';
  if (scheme.includes('dark')) return 'system';
  // A page that says nothing of schemes is white, whatever the reader's system is, unless it paints itself.
  return up(from, shadeOf) ?? 'light';
}

/** The language at the place of `node`: `ja` or `en`. */
export const langAt = node => (up(node, it => it.lang || it.getAttribute('xml:lang')) ?? navigator.language).startsWith('ja') ? 'ja' : 'en';

/** Calls `then` when the language or the theme around `node` may be another; returns how to end that. */
export function followHost(node, then) {
  const watch = new MutationObserver(then);
  for (let at = node.parentNode ?? node.host; at; at = at.parentNode ?? at.host) {
    if (at.nodeType === 1) watch.observe(at, { attributes: true, attributeFilter: ['lang', 'class', 'style', ...SWITCHES] });
  }
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', then);
  return () => { watch.disconnect(); system.removeEventListener('change', then); };
}

/** What the page's policy has forbidden. */
const violations = [];
document.addEventListener('securitypolicyviolation', event => violations.push(event));

function make(name, properties, ...inside) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
}

class StatefulSetLab extends HTMLElement {
  static observedAttributes = [...BOOLEANS, ...TEXTS, 'lang'];
  #parts;
  #lab = null;
  #life = 0;
  /** What was done in the lab of an element that was taken out of the page: it goes on there when it is put back. */
  #kept;
  #ends = [];
  #sight;
  #own = sheet('');
  #due = false;
  #failed = false;
  #pace;

  /** The lab that runs, or null. */
  get lab() { return this.#lab; }
  /** Its virtual time. */
  get now() { return this.state().now; }

  connectedCallback() {
    if (this.#ends.length) return; // moved within the page
    for (const name of Object.keys(this)) if (name in StatefulSetLab.prototype) { const value = this[name]; delete this[name]; this[name] = value; }
    this.#draw();
    this.#ends.push(followHost(this, () => this.#follow()));
    const children = new MutationObserver(() => this.hasAttribute('src') || this.#again());
    children.observe(this, { childList: true, subtree: true, characterData: true });
    this.#ends.push(() => children.disconnect());
    this.#wait();
  }

  disconnectedCallback() {
    // A move is a removal and an insertion at once: only what stays away is at its end.
    queueMicrotask(() => {
      if (this.isConnected) return;
      if (this.#lab?.phase === 'running') this.#kept = this.#lab.session();
      this.#end();
      this.#sight?.disconnect();
      this.#ends.splice(0).forEach(end => end());
    });
  }

  attributeChangedCallback(name, old, value) {
    if (old === value || !this.#parts) return;
    if (name === 'height') this.#size();
    if (name === 'lang' || name === 'theme') this.#follow();
    if (name === 'poster' || name === 'loading') { if (!this.#lab) { this.#words(); this.#wait(); } return; }
    if (!LIVE.includes(name)) { this.#kept = undefined; if (this.#lab) this.session = undefined; }
    if (!this.#lab || !LIVE.includes(name)) return this.#again();
    this.#doubt();
    if (name === 'autoplay') return value === null ? this.#lab.pause() : this.#lab.play();
    this.#lab.set(this.#looks());
  }

  #draw() {
    if (this.#parts) return;
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [STYLE, this.#own];
    const img = make('img', { alt: '', loading: 'lazy', hidden: true });
    const say = make('div', { className: 'say', role: 'status' });
    const poster = make('div', { className: 'poster', part: 'poster' }, img, make('slot'), say);
    poster.setAttribute('data-lab-poster', '');
    const place = make('div', { className: 'place' }, poster);
    const out = make('output');
    const open = make('a', { target: '_blank', rel: 'noopener' });
    const full = make('button', { type: 'button', className: 'full' });
    root.append(make('div', { className: 'box', part: 'box' }, place, make('div', { className: 'bar', part: 'bar' }, out, open, full)));
    this.#parts = { poster, place, open, full, out, img, say };
    poster.onclick = event => { if (!event.target.closest('a, code')) this.start(); };
    full.hidden = !document.fullscreenEnabled;
    full.onclick = () => document.fullscreenElement ? document.exitFullscreen() : this.requestFullscreen();
    this.addEventListener('fullscreenchange', () => this.#words());
    for (const name of ['pointerdown', 'focus']) open.addEventListener(name, () => this.permalink().then(href => { open.href = href; }));
    open.onclick = event => { event.preventDefault(); this.permalink().then(href => window.open(href, '_blank', 'noopener')); };
    // A site's own keys (search at `/`, pages at the arrows) must not hear what is typed in here.
    for (const name of ['keydown', 'keyup', 'keypress']) root.addEventListener(name, event => event.stopPropagation());
    this.#size();
    this.#follow();
  }

  #size() {
    const height = this.getAttribute('height') ?? '';
    const value = /^\d+$/.test(height) ? `${height}px` : height;
    // What the reader's browser calls medium is 1rem of the lab's own page; the host's 1rem may be anything.
    const medium = `.place { --lab-rem: ${getComputedStyle(this.#parts.place).fontSize} }`;
    this.#own.replaceSync(value && CSS.supports('height', value) ? `${medium} :host { height: ${value} }` : medium);
  }

  #lang() { return (this.getAttribute('lang') ?? langAt(this)).startsWith('ja') ? 'ja' : 'en'; }

  #theme() {
    const asked = this.getAttribute('theme');
    return asked === 'light' || asked === 'dark' ? asked : themeAt(this);
  }

  #follow() {
    const theme = this.#theme();
    if (theme === 'system') this.removeAttribute('data-scheme');
    else this.setAttribute('data-scheme', theme);
    this.#words();
    const { lang, theme: shown } = this.#lab?.phase === 'running' ? this.#lab.state() : {};
    if (this.#lab?.phase === 'running' && (lang !== this.#lang() || shown !== theme)) this.#lab.set({ lang: this.#lang(), theme });
  }

  /** The words in the reader's language, and the poster. */
  #words(state) {
    const { open, full, img, say } = this.#parts;
    const words = WORDS[this.#lang()];
    open.textContent = `${words.open} ↗`;
    open.href = this.#address();
    full.textContent = document.fullscreenElement === this ? words.less : words.full;
    const scenario = this.getAttribute('scenario');
    const own = this.hasAttribute('src') || this.firstElementChild;
    const poster = this.getAttribute('poster') ?? (scenario || !own ? new URL(`poster-${/^(empty|mariadb|mariadb-svc|broken-parallel)$/.test(scenario) ? scenario : 'web'}${this.#lang() === 'ja' ? '.ja' : ''}.svg`, this.#base()).href : null);
    img.hidden = !poster;
    if (poster && img.src !== new URL(poster, document.baseURI).href) img.src = poster;
    img.onerror = () => { img.hidden = true; };
    if (state) say.textContent = words[state];
    else if (this.getAttribute('loading') === 'click' && !this.#lab) say.replaceChildren(this.#button(words.start));
    else if (!this.#life) say.replaceChildren();
  }

  #button(label) {
    return make('button', { type: 'button', className: 'start' }, label);
  }

  #base() { return new URL(this.getAttribute('base') ?? HERE, document.baseURI).href.replace(/[^/]*$/, ''); }

  #address() { return new URL(`./?${new URLSearchParams({ scenario: this.getAttribute('scenario') ?? '', lang: this.#lang() })}`, this.#base()).href; }

  /** Starts when it is time: at once, near the viewport, or on a click. */
  #wait() {
    this.#sight?.disconnect();
    const loading = this.getAttribute('loading');
    if (loading === 'click') return;
    if (loading === 'eager') { this.start(); return; }
    this.#sight = new IntersectionObserver((entries, sight) => {
      if (!entries.some(it => it.isIntersecting)) return;
      sight.disconnect();
      this.start();
    }, { rootMargin: '200px' });
    this.#sight.observe(this);
  }

  async #manifest() {
    const src = this.getAttribute('src');
    if (src) {
      const answer = await fetch(new URL(src, document.baseURI));
      if (!answer.ok) throw new Error(`${src}: ${answer.status} ${answer.statusText}`);
      return answer.text();
    }
    // The parser may not have come to the children yet.
    if (document.readyState === 'loading') await new Promise(done => document.addEventListener('DOMContentLoaded', done, { once: true }));
    return this.querySelector('script[type="application/yaml"], pre')?.textContent;
  }

  /** What may change while it runs. */
  #looks() {
    const get = name => this.getAttribute(name) ?? undefined;
    return { lang: this.#lang(), theme: this.#theme(), speed: Number(get('speed') ?? 1), panels: get('panels') ?? '', view: get('view') ?? 'identity', readonly: this.hasAttribute('readonly') };
  }

  /** Starts the lab, if it does not run or start yet. Resolves when it is there; fails with the reason. */
  async start() {
    if (this.#life) return this.ready;
    this.#life = 1;
    this.ready = this.#begin();
    return this.ready.catch(() => this);
  }

  async #begin() {
    const life = this.#life = Math.random();
    this.#failed = false;
    const fail = error => life === this.#life && this.#fail(error);
    this.#words('wait');
    try {
      const base = this.#base();
      const [{ mount, unstyled }, { Pace }, manifest] = await Promise.all([import(`${base}lab.js`), import(`${base}markers-and-loop.js`), this.#manifest()]);
      const get = name => this.getAttribute(name) ?? undefined;
      if (life !== this.#life) return this.#life ? this.ready : this;
      const lab = await mount(this.#parts.place, {
        ...this.#looks(), manifest, ...Object.fromEntries(['scenario', 'lesson', 'environment', 'seed', 'version', 'gates', 'compare'].map(it => [it, get(it)])), guide: (get('panels') || (get('lesson') ? 'guide' : '')).includes('guide'),
        commands: (get('commands') ?? '').split('\n').map(it => it.trim()).filter(Boolean), paused: !this.hasAttribute('autoplay') && this.hasAttribute('start-at'),
        session: this.#kept ?? this.session,
      });
      // It may have gone or begun again.
      if (life !== this.#life) { lab.destroy(); return this.#life ? this.ready : this; }
      this.#use(lab, Pace);
      unstyled(this.#parts.place, fail);
    } catch (error) {
      fail(error);
      throw error;
    }
    return this;
  }

  #use(lab, Pace) {
    this.#lab = lab;
    const pace = this.#pace = new Pace(this, lab, this.#parts.out, it => this.#tell('marker', it), this.#kept);
    this.#kept = undefined;
    for (const name of ['change', 'decision', 'crash']) lab.addEventListener(name, event => {
      if (name === 'change' && lab === this.#lab) pace.changed();
      this.#tell(name === 'crash' ? 'error' : name, event.detail);
    });
    this.#follow();
    this.#tell('ready');
    this.#doubt(lab.state().notice);
  }

  /** Says what is wrong, and which attributes have come to mean nothing. */
  #doubt(notice) {
    for (const message of [notice, this.#pace.doubt()]) if (message) this.#tell('error', { message, code: 'notice' });
  }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  /** Says why there is nothing; what the author wrote instead stays. */
  async #fail(error) {
    this.#end();
    this.#failed = true;
    const { explain } = await import(`${HERE}blocked.js`);
    const line = explain(this.#parts.say, { error, violations, base: this.#base(), lang: this.#lang(), retry: () => this.start() });
    this.#tell('error', { message: String(error.message ?? error), code: line ? 'blocked' : 'start', line });
  }

  #end() {
    this.#life = 0;
    const lab = this.#lab;
    this.#lab = null;
    lab?.destroy();
    if (this.#parts && !this.#parts.poster.isConnected) this.#parts.place.append(this.#parts.poster);
  }

  /** Begins anew, also while it starts, once for all that changed together. */
  #again() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      if (!this.#life && !this.#failed) return;
      this.#end();
      this.start();
    });
  }

  /** The address of the whole lab with what was done here. */
  async permalink() {
    const link = this.#lab?.phase === 'running' ? await this.#lab.permalink?.() : null;
    return link ? new URL(link, this.#base()).href : this.#address();
  }
}

const property = name => name.replace(/-./g, it => it[1].toUpperCase());
for (const name of BOOLEANS) Object.defineProperty(StatefulSetLab.prototype, property(name), { get() { return this.hasAttribute(name); }, set(value) { this.toggleAttribute(name, Boolean(value)); }, configurable: true, enumerable: true });
for (const name of TEXTS) Object.defineProperty(StatefulSetLab.prototype, property(name), { get() { return this.getAttribute(name) ?? ''; }, set(value) { if (value == null) this.removeAttribute(name); else this.setAttribute(name, value); }, configurable: true, enumerable: true });
for (const name of METHODS) StatefulSetLab.prototype[name] = function (...values) {
  if (!this.lab) throw Object.assign(new Error('this lab has not started: await element.start()'), { code: 'not-started' });
  return this.lab[name](...values);
};

if (!customElements.get('statefulset-lab')) customElements.define('statefulset-lab', StatefulSetLab);
