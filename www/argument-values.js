// What a script hands to a lab or a cluster is looked at before the compiled module sees it: that one takes any number for
// an address in its memory.

/** What `panels` may name. */
export const PANELS = ['picture', 'timeline', 'console', 'editor', 'guide'];

const refusal = (what, value) => Object.assign(new TypeError(`${what} is expected, not ${value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value === 'number' ? value : typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : typeof value}`), { code: 'bad-value' });

/** `value`, a text. Fails with the code `bad-value`. */
export function text(value) {
  if (typeof value === 'string') return value;
  throw refusal('a text', value);
}

/** `value`, a text or nothing. Fails with the code `bad-value`. */
export const textOrNothing = value => value === undefined || value === null ? undefined : text(value);

/** `value`, a number that is not negative, such as milliseconds of virtual time. Fails with the code `bad-value`. */
export function amount(value) {
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return value;
  throw refusal('a number of 0 or more', value);
}

/** `value`, a whole number that scripts can tell from its neighbours, also as a text. Fails with the code `bad-value`. */
export function whole(value) {
  const number = typeof value === 'string' && value.trim() ? Number(value) : value;
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw refusal('a whole number from 0 to 2^53 - 1', value);
}

/** `value`, an element or a shadow root. Fails with the code `bad-value`. */
export function node(value) {
  if (value?.nodeType === 1 || value?.nodeType === 11) return value;
  throw refusal('an element or a shadow root', value);
}

/** `value`, one of some texts. Fails with the code `bad-value`. */
export function oneOf(known, value) {
  if (known.includes(value)) return value;
  throw Object.assign(new TypeError(`${JSON.stringify(value)} means nothing here: there are ${known.join(', ')}`), { code: 'bad-value' });
}

/** `value`, an object with options. Fails with the code `bad-value`. */
export function record(value) {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw refusal('an object with options', value);
}

/** `value`, a list. Fails with the code `bad-value`. */
export function list(value) {
  if (Array.isArray(value)) return value;
  throw refusal('a list', value);
}
