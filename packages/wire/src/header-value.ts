/** What a header value turned out to say. */
export type HeaderValue = { ok: true; value: string } | { ok: false; reason: string };

/**
 * The header value that carries a text: the text itself where it is plain, else its UTF-8 in Base64 between `=?base64?` and
 * `?=`. Plain is visible ASCII, blanks and tabs, neither empty nor beginning or ending with a blank, nor alike to that
 * sentinel. A lone surrogate becomes U+FFFD. Spec: basic/transports/streamable-http#value-encoding.
 */
export function encodeHeaderValue(value: string): string {
  return PLAIN.test(value) && !isSentinel(value) ? value : `${PREFIX}${toBase64(value)}${SUFFIX}`;
}

/**
 * The text that a header value carries. Blanks around the value do not count. Refused: characters that a field value cannot
 * have, and between the sentinels anything but canonical, padded Base64 of UTF-8, so that no two values carry one text
 * unseen. What lacks either sentinel is taken as it is. Spec: basic/transports/streamable-http#value-encoding.
 */
export function decodeHeaderValue(raw: string): HeaderValue {
  const value = trimBlanks(raw);
  if (!FIELD_VALUE.test(value)) return { ok: false, reason: 'it contains invalid characters' };
  if (!isSentinel(value) || value.length < PREFIX.length + SUFFIX.length) return { ok: true, value };
  const text = fromBase64(value.slice(PREFIX.length, -SUFFIX.length));
  return text === undefined
    ? { ok: false, reason: 'it is not canonical Base64 of UTF-8' }
    : { ok: true, value: text };
}

/**
 * Whether a header carries the value of the body: text and truth values exactly, integers numerically and with no loss (`42.0`
 * and `4.2e1` equal 42), which must be safe in JavaScript. Spec: basic/transports/streamable-http#server-validation.
 */
export function headerValueMatches(raw: string, value: string | number | boolean): boolean {
  const decoded = decodeHeaderValue(raw);
  if (!decoded.ok) return false;
  if (typeof value === 'number')
    return Number.isSafeInteger(value) && integerOf(decoded.value) === String(value);
  return decoded.value === String(value);
}

/**
 * The integer that a reader of JSON numbers takes a text for, written plainly: `42` for `42.0`, `4.2e1` and `42`. Undefined for
 * any other text. Where digits are too many for it, it is what JavaScript makes of them: some reader does, too.
 */
export function plainInteger(text: string): string | undefined {
  if (PLAIN_INTEGER.test(text)) return text;
  const read = ANY_NUMBER.test(text) ? Number(text) : Number.NaN;
  return Number.isInteger(read) ? BigInt(read).toString() : undefined;
}

/** Removes the blanks and tabs around a field value, and nothing else. RFC 9110, section 5.5. */
export function trimBlanks(raw: string): string {
  let start = 0;
  let end = raw.length;
  while (start < end && isBlank(raw.charCodeAt(start))) start += 1;
  while (end > start && isBlank(raw.charCodeAt(end - 1))) end -= 1;
  return start === 0 && end === raw.length ? raw : raw.slice(start, end);
}

const PREFIX = '=?base64?';
const SUFFIX = '?=';
const PLAIN = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;
const FIELD_VALUE = /^[\t\x20-\x7e]*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const JSON_NUMBER = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?$/;
const ANY_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const PLAIN_INTEGER = /^(?:0|-?[1-9][0-9]*)$/;
const MAX_NUMBER_LENGTH = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isSentinel(value: string): boolean {
  return value.startsWith(PREFIX) && value.endsWith(SUFFIX);
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09;
}

function toBase64(value: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(value)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}

function fromBase64(encoded: string): string | undefined {
  if (!BASE64.test(encoded)) return undefined;
  const bytes = atob(encoded);
  if (btoa(bytes) !== encoded) return undefined;
  try {
    return utf8.decode(Uint8Array.from(bytes, (unit) => unit.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** The plain decimal form of an integer written as any JSON number, or undefined for what is no integer. */
function integerOf(text: string): string | undefined {
  const found = text.length > MAX_NUMBER_LENGTH ? null : JSON_NUMBER.exec(text);
  if (found === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = found;
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const kept = point <= 0 ? '' : digits.slice(0, point).padEnd(point, '0');
  const dropped = point <= 0 ? digits : digits.slice(point);
  if (/[1-9]/.test(dropped)) return undefined;
  const integer = kept.replace(/^0+/, '');
  return integer === '' ? '0' : sign + integer;
}
