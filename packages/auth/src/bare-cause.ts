/**
 * What an error of a library says, without what it carries: whole answers of the other side, with the tokens and codes in them.
 * `undefined` for what is no error.
 */
export function bareCause(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  // Those of the JSON parser repeat a part of what they could not read.
  const message = error instanceof SyntaxError ? 'The text is no JSON.' : error.message;
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return Object.assign(new Error(message), { name: error.name }, code);
}
