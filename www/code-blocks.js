// Finds the code blocks of a documentation page and reads them as the author wrote them, whatever tool built the page.
// Changes nothing.
import { contentOf, isOutput } from './block-kinds.js';

/** What tools wrap a code block in, from the inside out. */
const WRAPPERS = '.highlight, [class*="highlight-"], .literal-block-wrapper, .code-toolbar, figure, [class*="codeBlockContainer"], [class*="codeBlockContent"], .code-block, .highlighter-rouge, .expressive-code, .sourceCode, .listingblock, .listingblock > .content';
/** What stands in a block without being of it: line numbers and buttons. */
const NOT_CODE = '.linenos, .lineno, .lnt, .ln, .gutter, .linenodiv, button, .copybtn, .md-clipboard, .md-code__nav, .buttons, .conum, .conum + b, [aria-hidden="true"], statefulset-run';

/** Tables of one row: line numbers, and the code in a `pre` of its own. */
const NUMBERED = '.lntable, .rouge-table, .highlighttable';

/** The whole of what a tool made of one code block. */
function wholeOf(pre) {
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
function languageOf(pre, whole) {
  for (const element of [pre.querySelector('code'), pre, ...(function* () { for (let at = pre.parentElement; at && whole.contains(at); at = at.parentElement) yield at; })()]) {
    const said = element?.dataset.lang ?? element?.dataset.language ?? /(?:^|\s)(?:(?:language|lang|highlight)-(?:source-)?|sourceCode )([\w+-]+)/.exec(element?.className ?? '')?.[1];
    if (said) return said.toLowerCase();
  }
  return '';
}

const FILE = /^[^\s`"']+\.(ya?ml|json)$/;

/** A block's caption or title. */
function titleOf(pre, whole) {
  const said = whole.querySelector('.caption-text, .filename, figcaption, [class*="codeBlockTitle"], .code-title, .title')?.textContent;
  return (said ?? (whole.dataset.title || pre.title || pre.dataset.title || '')).trim();
}

/** The name of the file that a block shows: its title, a name in the paragraph right above, or its first line. */
function nameOf(whole, title, text) {
  if (FILE.test(title)) return title;
  const before = whole.previousElementSibling;
  const spoken = before && /^(P|LI|DIV|DT)$/.test(before.nodeName) && !before.querySelector('pre') ? [...before.querySelectorAll('code')].map(it => it.textContent.trim()).filter(it => FILE.test(it)) : [];
  const own = /^#\s*(?:file:)?\s*(.*?)\s*(\n|$)/.exec(text)?.[1] ?? '';
  return spoken.at(-1) ?? (FILE.test(own) ? own : null);
}

/** The text between two blocks, also of two steps of a list; null where a heading or other code stands between. */
function textBetween(above, below) {
  const range = document.createRange();
  range.setStartAfter(above.whole);
  range.setEndBefore(below.whole);
  const between = range.cloneContents();
  between.querySelectorAll('statefulset-run, statefulset-lab, script, style').forEach(it => it.remove());
  if (between.querySelector('h1, h2, h3, h4, h5, h6, hr, pre')) return null;
  return between.textContent.trim();
}

/** The blocks of `root` that can be run, in the order of the page. One whose output stands in a block of its own has that as `output`. */
export function blocksOf(root, selector = 'pre') {
  const all = [];
  for (const pre of root.querySelectorAll(selector)) {
    // Line numbers in a cell of their own, and what a lab shows itself. Elsewhere a number is an answer.
    const isNumbers = pre.closest('td') && /^\s*(\d+\s*)+$/.test(pre.textContent);
    if (pre.closest('.linenodiv, td.linenos, statefulset-lab') || pre.querySelector('pre') || isNumbers) continue;
    const text = textOf(pre);
    const whole = wholeOf(pre);
    const [language, title] = [languageOf(pre, whole), titleOf(pre, whole)];
    const { kind, turns } = contentOf(text, language);
    all.push({ pre, whole, text, language, kind, turns, title, name: kind === 'manifest' ? nameOf(whole, title, text) : null });
  }
  // An object that is printed is none to apply.
  const printed = new Set();
  return all.map((block, at) => {
    const below = all[at + 1];
    if (!block.kind || !below || !isOutput(block, below, textBetween(block, below))) return { ...block, end: block.whole };
    printed.add(below.pre);
    return { ...block, end: below.whole, output: { text: below.text, language: below.language } };
  }).filter(({ kind, pre }) => kind && !printed.has(pre));
}
