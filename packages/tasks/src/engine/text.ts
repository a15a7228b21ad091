/** A text that any store can keep and anybody may be shown: at most 1000 characters, no control characters. */
export function toStatusMessage(message: string): string {
  const clean = String(message)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\p{Cs}/gu, '\ufffd');
  return clean.length > 1000 ? `${clean.slice(0, 999).replace(/\p{Cs}$/u, '')}…` : clean;
}

/** Whether a text can name something: 1 to 200 characters, no control characters, and a key that every object can have. */
export function isName(text: unknown): text is string {
  return typeof text === 'string' && /^[^\p{Cc}\p{Cs}]{1,200}$/u.test(text) && text !== '__proto__';
}
