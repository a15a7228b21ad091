/** The text of a body around the number that is taken for its id. */
export interface Mould {
  readonly before: string;
  readonly id: number;
  readonly after: string;
}

/** Longer bodies are read every time. */
const LONGEST = 4096;
const MEMBER = '"id":';
/** Every whole number of so many digits is itself in JavaScript. */
const MOST_DIGITS = 15;
const [ZERO, NINE] = [0x30, 0x39];

/**
 * Splits a body, as Latin-1, at the first number that looks like an id; `undefined` where there is none, and for long bodies. It
 * may be the id of something else: whoever uses it has to make sure.
 */
export function mouldOf(body: Buffer): Mould | undefined {
  if (body.length > LONGEST) return undefined;
  const text = body.toString('latin1');
  const found = text.indexOf(MEMBER);
  if (found < 0) return undefined;
  const start = found + MEMBER.length;
  let end = start;
  while (isDigit(text.charCodeAt(end))) end++;
  const digits = end - start;
  if (digits === 0 || digits > MOST_DIGITS) return undefined;
  // No JSON.
  if (digits > 1 && text.charCodeAt(start) === ZERO) return undefined;
  return { before: text.slice(0, start), id: Number(text.slice(start, end)), after: text.slice(end) };
}

/** The body of that mould with another id. */
export function withId({ before, after }: Mould, id: number): string {
  return `${before}${id}${after}`;
}

// ---

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}
