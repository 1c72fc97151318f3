// Finds the text of a lesson: one of the lab's own by its name, or one of the page's own site by its address.

/** The longest lesson that is read, in bytes; as in the lab. */
const LESSON_MAX = 256 << 10;

/** The address of a lesson: a name is a file of the lab, everything else is an address as seen from the page. */
const addressOf = name => /^[\w-]+$/.test(name)
  ? new URL(`lessons/${name}.txt`, import.meta.url)
  : new URL(name, document.baseURI);

/** The text of a lesson. Fails with a key of the lab's catalogue: `lesson.missing`, `lesson.origin`, `lesson.large`. */
export async function readLesson(name) {
  const fail = key => { throw key; };
  let address;
  try { address = addressOf(name); } catch { fail('lesson.missing'); }
  const own = new URL(import.meta.url).origin;
  if (![location.origin, own].includes(address.origin)) fail('lesson.origin');
  const response = await fetch(address, { credentials: 'same-origin' }).catch(() => fail('lesson.missing'));
  // Where every address answers with the same page, that page is no lesson.
  if (!response.ok || /text\/html/.test(response.headers.get('content-type') ?? '')) fail('lesson.missing');
  if (Number(response.headers.get('content-length')) > LESSON_MAX) { await response.body?.cancel(); fail('lesson.large'); }
  const bytes = await response.arrayBuffer().catch(() => fail('lesson.missing'));
  if (bytes.byteLength > LESSON_MAX) fail('lesson.large');
  return new TextDecoder().decode(bytes);
}
