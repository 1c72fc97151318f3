// The frame: a lab for hosts that allow no script of ours. What it is to show stands in the hash, as the element's attributes
// (`embed.html#scenario=web&lang=ja&panels=picture+timeline`) or as a permalink (`embed.html#v1.…`).
//
// Messages, as objects, to and from the page around it:
//   frame → host   { source: 'statefulset-lab', type: 'ready' | 'change' | 'marker' | 'error' | 'height', detail }
//   host → frame   { target: 'statefulset-lab', id, method, args }   `args` is a list, or the only argument; method: `set`, or
//                  one of METHODS below
//   frame → host   { source: 'statefulset-lab', type: 'answer', id, result } or { …, id, error: { message, code } }
// Commands are taken from the parent window alone, and from one origin: `origin=…` of the hash, else where the frame was
// opened from. `set` changes attributes.
(() => {
  const SAY = {
    en: ['The cluster could not be started here.', 'Where this frame is sandboxed, the server of its files has to send'],
    ja: ['ここではクラスターを起動できませんでした。', 'sandbox の中で使うには、ファイルのサーバーが次を送る必要があります:'],
  };
  const ATTRIBUTES = ['src', 'lesson', 'scenario', 'environment', 'commands', 'panels', 'view', 'start-at', 'autoplay', 'speed', 'loop', 'markers', 'pause-on-markers', 'seed', 'version', 'gates', 'compare', 'lang', 'theme', 'readonly', 'poster', 'loading'];
  const METHODS = ['run', 'interrupt', 'apply', 'putFile', 'advance', 'settle', 'play', 'pause', 'step', 'stepBack', 'seek', 'now', 'state', 'objects', 'decisions', 'why', 'plan', 'session', 'permalink', 'toSVG', 'openPage', 'playTurn', 'applyBlock'];
  const HASH_MAX = 200_000;
  const base = new URL('.', document.currentScript.src).href;
  const violations = [];
  document.addEventListener('securitypolicyviolation', event => violations.push(event));
  const hash = location.hash.slice(1, HASH_MAX);
  const isLink = /^v\d+\./.test(hash);
  const asked = new URLSearchParams(isLink ? '' : hash);
  const lang = (asked.get('lang') ?? navigator.language).startsWith('ja') ? 'ja' : 'en';
  document.documentElement.lang = lang;

  /** The only origin whose commands count; null where nobody may send any. */
  const origin = asked.get('origin') ?? location.ancestorOrigins?.[0] ?? (document.referrer ? new URL(document.referrer).origin : null);
  const isFramed = parent !== window;
  const tell = (type, detail) => { if (isFramed) parent.postMessage({ source: 'statefulset-lab', type, detail }, origin && origin !== 'null' ? origin : '*'); };

  /** `element.lab` where the element has no such method itself. */
  const call = (element, method, args) => method === 'permalink' ? element.permalink() : method === 'now' ? element.lab.state().now : element.lab[method](...args);

  /** One argument need not stand in a list; a text is not a list of letters. */
  const listOf = args => Array.isArray(args) ? args : args === undefined ? [] : [args];

  function set(element, values) {
    for (const [name, value] of Object.entries(values ?? {})) {
      if (!ATTRIBUTES.includes(name)) continue;
      if (value === false || value == null) element.removeAttribute(name);
      else element.setAttribute(name, value === true ? '' : String(value));
    }
  }

  async function answer({ data, source, origin: from }) {
    if (source !== parent || !isFramed || data?.target !== 'statefulset-lab' || from !== origin) return;
    const reply = more => parent.postMessage({ source: 'statefulset-lab', type: 'answer', id: data.id, ...more }, from === 'null' ? '*' : from);
    try {
      const args = listOf(data.args);
      const element = await begun;
      if (data.method === 'set') set(element, args[0]);
      else if (METHODS.includes(data.method)) {
        await element.ready;
        if (!element.lab) throw Object.assign(new Error('this lab has not started'), { code: 'not-started' });
        hasBegun = true;
        return reply({ result: await call(element, data.method, args) });
      } else throw Object.assign(new Error(`there is no method ${data.method}`), { code: 'no-method' });
      reply({ result: null });
    } catch (error) {
      // A lab that did not start answers too.
      reply({ error: { message: String(error?.message ?? error), code: error?.code ?? (hasBegun ? 'failed' : 'start') } });
    }
  }

  async function begin() {
    await import(`${base}statefulset-lab.js`);
    const element = document.createElement('statefulset-lab');
    element.setAttribute('loading', 'eager');
    element.setAttribute('lang', lang);
    for (const name of ATTRIBUTES) if (asked.has(name)) element.setAttribute(name, asked.get(name));
    if (isLink) {
      const { readLink } = await import(`${base}permalink.js`);
      const { session, view } = await readLink(location.hash);
      element.session = session;
      set(element, view);
    }
    for (const name of ['ready', 'change', 'marker', 'error']) element.addEventListener(name, event => tell(name, event.detail));
    document.body.append(element);
    tell('height', { height: Number(asked.get('height')) || 560 });
    return element;
  }

  let hasBegun = false;
  const begun = begin();
  addEventListener('message', answer);
  begun.catch(async error => {
    const place = document.querySelector('#say');
    tell('error', { message: String(error.message ?? error), code: error.code ?? 'start' });
    const { explain } = await import(`${base}blocked.js`).catch(() => ({}));
    if (explain) { explain(place, { error, violations, base, lang }); return; }
    const [what, how] = SAY[lang];
    const paragraph = text => Object.assign(document.createElement('p'), { textContent: text });
    place.replaceChildren(paragraph(what), paragraph(how), Object.assign(document.createElement('code'), { textContent: 'Access-Control-Allow-Origin: *' }));
  });
})();
