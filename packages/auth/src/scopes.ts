/** The scopes of a space-separated list, each once, in the order given. Spec: RFC 6749 §3.3. */
export function parseScopes(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [...new Set(text.split(' ').filter((scope) => scope !== ''))];
}

/** All scopes of several lists, each once, in the order given. */
export function unionScopes(...lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())];
}

/** The scopes of `wanted` that `held` does not have. */
export function missingScopes(wanted: readonly string[], held: readonly string[]): readonly string[] {
  return wanted.filter((scope) => !held.includes(scope));
}
