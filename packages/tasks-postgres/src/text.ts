/**
 * Items as one JSON text, the way statements that do many things at once take them. PostgreSQL keeps neither the character
 * NUL nor halves of surrogate pairs: they become U+FFFD, in texts and in names alike.
 */
export function toItems(items: readonly unknown[] | Readonly<Record<string, string>>): string {
  const text = JSON.stringify(items);
  return UNSTORABLE_ESCAPE.test(text)
    ? JSON.stringify(items, (_, value: unknown) => (typeof value === 'string' ? storable(value) : value))
    : text;
}

/** A text as it can be stored and compared. */
export function storable(text: string): string {
  return text.replace(UNSTORABLE, '\ufffd');
}

// ---------------------------------------------------------------------------------------------------------------------

/** May also match within an escaped backslash, which only costs the longer way. */
const UNSTORABLE_ESCAPE = /\\u(?:0000|d[89a-f])/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const UNSTORABLE = /\u0000|\p{Surrogate}/gu;
