// Reads kinds.md for the tests of what the page's scripts take blocks for.

/** The blocks of the page, each with what it says that it is and the text before it; null behind a heading. */
export function readKinds(page) {
  const lines = page.split('\n');
  const blocks = [];
  let between = null;
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^```(\S*) ?\{is=(\S+?)(?: typed=(\d+))?(?: title="(.*)")?\}$/.exec(lines[at]);
    if (!fence) {
      between = lines[at].startsWith('#') ? null : between === null ? null : `${between}\n${lines[at]}`;
      continue;
    }
    const [, language, is, typed, title = ''] = fence;
    const end = lines.indexOf('```', at);
    blocks.push({ line: at + 1, language, is, typed: Number(typed ?? 0), title, text: `${lines.slice(at + 1, end).join('\n')}\n`, between });
    between = '';
    at = end;
  }
  return blocks;
}
