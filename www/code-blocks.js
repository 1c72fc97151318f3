// Finds the code blocks of a documentation page and reads them as the author wrote them, whatever tool built the page.
// Changes nothing.

/** What tools wrap a code block in, from the inside out. */
const WRAPPERS = '.highlight, [class*="highlight-"], .literal-block-wrapper, .code-toolbar, figure, [class*="codeBlockContainer"], [class*="codeBlockContent"], .code-block, .highlighter-rouge, .expressive-code, .sourceCode, .listingblock, .listingblock > .content';
/** What stands in a block without being of it: line numbers and buttons. */
const NOT_CODE = '.linenos, .lineno, .lnt, .ln, .gutter, .linenodiv, button, .copybtn, .md-clipboard, .md-code__nav, .buttons, .conum, .conum + b, [aria-hidden="true"], statefulset-run';

/** Tables of one row: line numbers, and the code in a `pre` of its own. */
const NUMBERED = '.lntable, .rouge-table, .highlighttable';

/** The whole of what a tool made of one code block. */
export function wholeOf(pre) {
  const table = pre.closest(NUMBERED);
  let whole = table?.parentElement.closest('pre') ?? table ?? pre;
  // Line numbers and code are two; a wrapper of more is the page's.
  while (whole.parentElement?.matches(WRAPPERS) && whole.parentElement.querySelectorAll('pre:not(:has(pre))').length <= 2) whole = whole.parentElement;
  return whole;
}

/** Whether an element is a line, or several, of a block: some tools make one of each line, with or without a break in it. */
function isLines(node) {
  if (!/^(DIV|LI|P|TR)$/.test(node.nodeName) && !/(^|\s)(token-line|line)(\s|$)/.test(node.className)) return false;
  return !/^inline|^(none|contents)$/.test(getComputedStyle(node).display);
}

/** The text of a block: line breaks that are elements count, line numbers and buttons do not. */
export function textOf(pre) {
  let text = '';
  const walk = node => {
    if (node.nodeType === 3) text += node.data;
    else if (node.nodeName === 'BR') text += '\n';
    else if (node.nodeType === 1 && !node.matches(NOT_CODE)) {
      if (!isLines(node)) return node.childNodes.forEach(walk);
      if (text && !text.endsWith('\n')) text += '\n';
      const before = text.length;
      node.childNodes.forEach(walk);
      if (text.length === before || !text.endsWith('\n')) text += '\n';
    }
  };
  pre.childNodes.forEach(walk);
  return text.replace(/\u00a0/g, ' ').replace(/\n+$/, '\n');
}

/** The language that the author gave a block, or an empty text. */
export function languageOf(pre) {
  const whole = wholeOf(pre);
  for (const element of [pre.querySelector('code'), pre, ...(function* () { for (let at = pre.parentElement; at && whole.contains(at); at = at.parentElement) yield at; })()]) {
    const said = element?.dataset.lang ?? element?.dataset.language ?? /(?:^|\s)(?:(?:language|lang|highlight)-(?:source-)?|sourceCode )([\w+]+)/.exec(element?.className ?? '')?.[1];
    if (said) return /^(default|none|text|plaintext|plain)$/.test(said) ? '' : said.toLowerCase();
  }
  return '';
}

const FILE = /^[^\s`"']+\.(ya?ml|json)$/;

/** The name of the file that a block shows: its caption or title, or a name in the paragraph right above. */
export function nameOf(pre) {
  const whole = wholeOf(pre);
  const title = whole.querySelector('.caption-text, .filename, figcaption, [class*="codeBlockTitle"], .code-title, .title')?.textContent
    ?? whole.dataset.title ?? pre.title ?? pre.dataset.title ?? '';
  if (FILE.test(title.trim())) return title.trim();
  const before = whole.previousElementSibling;
  const spoken = before && /^(P|LI|DIV|DT)$/.test(before.nodeName) && !before.querySelector('pre') ? [...before.querySelectorAll('code')].map(it => it.textContent.trim()).filter(it => FILE.test(it)) : [];
  return spoken.at(-1) ?? null;
}

const PROMPT = /^\s*(\$|PS>|PS [^>]*>|[A-Za-z]:\\[^>]*>|>|\S+@\S+[$#]|\[\S+@\S+ [^\]]*\][$#]|(MariaDB|MySQL) \[[^\]]*\]>|mysql>|\/\S* #)(\s|$)/m;
const COMMAND = /(^|[\s|;(])(kubectl|minikube)(\.exe)?(\s|$)/m;
/** A line that calls one of these; in a row of a table, a node's or a pod's name is followed by more than one blank. */
const CALL = /^(kubectl|minikube)(\.exe)? [^\s]/;
/** The first line of what kubectl prints as a table. */
const TABLE = /^\s*[A-Z][A-Z-() .%]*  [A-Z-() .%]*$/;
/** A line that prints whole objects, and what nobody writes into one by hand. */
const PRINTS_OBJECTS = /(-o[ =]?|--output[ =])(yaml|json)\b[^>|]*$/;
const FROM_SERVER = /^\s*"?(uid|resourceVersion|creationTimestamp)"?:|^status:/m;
const INSIDE = /^\s*(root@\S+#|(MariaDB|MySQL) \[[^\]]*\]>|mysql>)/m;

/** What a block seems to be: `manifest`, `session`, or null. The lab reads it more closely when it runs. */
export function kindOf(text, language) {
  const isYaml = ['', 'yaml', 'yml'].includes(language);
  if (isYaml && /^kind:[ \t]*\S/m.test(text) && !/^(\$ |kubectl )/m.test(text)) return 'manifest';
  if (['yaml', 'yml', 'json', 'go', 'python', 'dockerfile'].includes(language)) return null;
  const lines = text.split('\n');
  const isScript = ['sh', 'bash', 'zsh', 'shell', 'powershell', 'ps1'].includes(language);
  if (INSIDE.test(text)) return 'session';
  if (!COMMAND.test(text) || TABLE.test(lines.find(line => line.trim()))) return null;
  return PROMPT.test(text) || isScript || lines.some(line => CALL.test(line)) ? 'session' : null;
}

/** Languages of blocks that may hold an output and nothing else. */
const OUTPUTS = ['', 'txt', 'output', 'console', 'shell-session', 'log'];
/** A sentence that leads from a command to its output. */
const LEADS = /output|similar|result|response|prints|returns|looks like|出力|結果|表示|応答|ように|とおり|通り/i;
const LEAD_MAX = 300;

/** Whether the last line of a session is a command, so that nothing of what it prints stands in the block. */
function isSilent(text, language) {
  const lines = text.trimEnd().split('\n');
  const isScript = ['sh', 'bash', 'zsh', 'shell', 'powershell', 'ps1'].includes(language);
  if (PROMPT.test(text)) return PROMPT.test(lines.at(-1));
  return isScript || CALL.test(lines.at(-1)) || /[\\`]$/.test(lines.at(-2) ?? '');
}

/** Whether `below` holds what the block `above` prints: it stands right below it, or behind a sentence that says so. */
function isOutput(above, below) {
  const isObject = PRINTS_OBJECTS.test(above.text.trimEnd().split('\n').at(-1)) && FROM_SERVER.test(below.text) && below.kind !== 'session';
  if (above.kind !== 'session' || !isObject && (below.kind || !OUTPUTS.includes(below.language)) || !isSilent(above.text, above.language)) return false;
  let between = '';
  for (let at = above.whole.nextElementSibling; at && at !== below.whole; at = at.nextElementSibling) {
    if (/^H\d$/.test(at.nodeName) || between.length > LEAD_MAX) return false;
    if (!/^STATEFULSET-/.test(at.nodeName)) between += at.textContent.trim();
    if (!at.nextElementSibling) return false;
  }
  return above.whole.parentElement === below.whole.parentElement && (!between || between.length <= LEAD_MAX && LEADS.test(between));
}

/** The blocks of `root` that can be run, in the order of the page. One whose output stands in a block of its own has that as `output`. */
export function blocksOf(root, selector = 'pre') {
  const all = [];
  for (const pre of root.querySelectorAll(selector)) {
    // Line numbers in a cell of their own, and what a lab shows itself.
    if (pre.closest('.linenodiv, td.linenos, statefulset-lab') || pre.querySelector('pre') || /^\s*(\d+\s*)+$/.test(pre.textContent)) continue;
    const text = textOf(pre);
    const language = languageOf(pre);
    const kind = kindOf(text, language);
    all.push({ pre, whole: wholeOf(pre), text, language, kind, name: kind === 'manifest' ? nameOf(pre) : null });
  }
  // An object that is printed is none to apply.
  const printed = new Set();
  return all.filter(({ kind }) => kind).map(block => {
    const below = all[all.indexOf(block) + 1];
    if (!below || !isOutput(block, below)) return { ...block, end: block.whole };
    printed.add(below.pre);
    return { ...block, end: below.whole, output: { text: below.text, language: below.language } };
  }).filter(({ pre }) => !printed.has(pre));
}
