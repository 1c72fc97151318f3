// Links that hold a whole session: `#v1.` and behind it the session as JSON, deflated, in base64url. What is read may come
// from anybody: sizes are bounded here, inputs, pods and work in the lab.

/** The longest link that is read, and the longest text in it. */
const LINK_MAX = 100_000;
const TEXT_MAX = 1_000_000;

const fail = (message, code) => Object.assign(new Error(message), { code });

const toBase64 = bytes => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

async function through(stream, bytes, max) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const chunks = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    // A few bytes can stand for any number: it is counted while they come.
    if (size > max) { await reader.cancel(); throw fail(`the link holds more than ${max} bytes`, 'link-too-large'); }
    chunks.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) { all.set(chunk, at); at += chunk.length; }
  return all;
}

/** The hash of a link to `session`, the text that a lab's `session()` gives, shown as `view` says. */
export async function writeLink(session, view = {}) {
  const text = JSON.stringify({ session: JSON.parse(session), ...Object.keys(view).length && { view } });
  if (text.length > TEXT_MAX) throw fail('the session is too long for a link: save it as a file', 'link-too-large');
  const packed = await through(new CompressionStream('deflate-raw'), new TextEncoder().encode(text), LINK_MAX);
  return `#v1.${toBase64(packed)}`;
}

/** What a link holds: `session`, a text for a lab, and `view`. Fails with code `link-…`. */
export async function readLink(hash) {
  const [, version, text] = /^#?v(\d+)\.([\w-]+)$/.exec(hash) ?? [];
  if (!version) throw fail('this is no link to a session', 'link-unreadable');
  if (version !== '1') throw fail(`the link is of form ${version}, which a newer lab has written`, 'link-too-new');
  if (text.length > LINK_MAX) throw fail(`the link is longer than ${LINK_MAX} letters`, 'link-too-large');
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), it => it.charCodeAt(0));
  } catch { throw fail('the link is damaged', 'link-unreadable'); }
  const unpacked = await through(new DecompressionStream('deflate-raw'), bytes, TEXT_MAX)
    .catch(error => { throw String(error.code).startsWith('link') ? error : fail('the link is damaged', 'link-unreadable'); });
  let value;
  try { value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(unpacked)); } catch { throw fail('the link is damaged', 'link-unreadable'); }
  if (typeof value?.session !== 'object' || value.session === null) throw fail('the link holds no session', 'link-unreadable');
  const view = Object.fromEntries(Object.entries(value.view ?? {}).filter(([, it]) => ['string', 'number', 'boolean'].includes(typeof it)).slice(0, 20));
  return { session: JSON.stringify(value.session), view };
}
