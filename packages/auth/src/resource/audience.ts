/**
 * The canonical form of a resource URI: scheme and host in lower case, and no slash that stands for an empty path. What is no URL
 * stays as it is. Spec: basic/authorization#canonical-server-uri.
 */
export function canonicalResource(uri: string): string {
  const match = /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)(.*)$/is.exec(uri);
  if (match === null) return uri;
  const [, authority = '', rest = ''] = match;
  return `${authority.toLowerCase()}${rest === '/' ? '' : rest}`;
}

/** Whether a token's `aud` contains one of the accepted audiences, each in its canonical form. Spec: RFC 7519 §4.1.3. */
export function isForUs(aud: unknown, accepted: readonly string[]): boolean {
  const named = Array.isArray(aud) ? aud : [aud];
  const ours = new Set(accepted.map(canonicalResource));
  return named.some((each) => typeof each === 'string' && ours.has(canonicalResource(each)));
}
