/** A request target taken apart. */
export interface RequestTarget {
  /** As sent: not decoded, not normalised. */
  readonly path: string;
  /** With its `?`, or empty. */
  readonly query: string;
  /** From the absolute form (`POST http://host/path`), where it overrules `Host`. RFC 9112, section 3.2.2. */
  readonly authority: string | undefined;
}

/** Takes a request target apart; `undefined` for what is neither a path nor an absolute http URL. */
export function readTarget(target: string): RequestTarget | undefined {
  if (target.startsWith('/')) return split(target, undefined);
  const match = /^https?:\/\/([^/?#@]+)(\/[^#]*)$/i.exec(target);
  return match === null ? undefined : split(match[2] ?? '/', match[1]);
}

// ---

function split(target: string, authority: string | undefined): RequestTarget | undefined {
  if (target.includes('#')) return undefined;
  const mark = target.indexOf('?');
  if (mark === -1) return { path: target, query: '', authority };
  return { path: target.slice(0, mark), query: target.slice(mark), authority };
}
