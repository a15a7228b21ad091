/** No answer came, or none that could be read. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Says why no answer came. */
export function toNoAnswer(error: unknown, { host }: URL, timeoutMs: number): NoAnswer {
  if (error instanceof NoAnswer) return error;
  const code = codeOf(error);
  if (isTimeout(error, code))
    return new NoAnswer(`Nothing more came from ${host} within ${timeoutMs / 1000} s.`);
  const known = code === undefined ? undefined : WHY[code];
  const why = known ?? (error instanceof Error ? error.message : String(error));
  return new NoAnswer(`${host} cannot be reached: ${why}.`, { cause: error });
}

// ---

const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  ECONNRESET: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
};

function isTimeout(error: unknown, code: string | undefined): boolean {
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'UND_ERR_HEADERS_TIMEOUT') return true;
  return error instanceof Error && error.name === 'AbortError';
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}
