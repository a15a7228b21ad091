/** What a caller sent, as it may stand in a message: short, on one line, and nothing but text. */
export function shown(value: unknown): string {
  if (typeof value !== 'string') return `a value of type ${value === null ? 'null' : typeof value}`;
  const short = value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value;
  return short.replaceAll(UNPRINTABLE, '\ufffd');
}

const MAX_SHOWN = 128;

/** Control characters, line separators, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu;
