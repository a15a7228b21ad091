/** Why a connection to a URL did not come about or did not last, and what to do, for people; `undefined` for what has no words of its own. */
export function whyUnreachable(error: unknown, url: URL): string | undefined {
  const code = codeOf(error) ?? '';
  const why = WHY[code];
  if (why !== undefined) return why;
  if (CLOSED.has(code)) {
    // A server that speaks TLS hangs up on whoever does not.
    return `it closed the connection${url.protocol === 'http:' ? '; if it speaks TLS, the URL begins with https://' : ''}`;
  }
  if (UNTRUSTED.has(code))
    return 'nobody that is trusted here vouches for its certificate; NODE_EXTRA_CA_CERTS=ca.pem names an authority to trust';
  // `ERR_SSL_…` where the handshake fails, `HPE_…` where what comes is no HTTP.
  if (/^(ERR_SSL_|EPROTO$)/.test(code))
    return 'it does not speak TLS as it should; if it speaks none, the URL begins with http://';
  if (code.startsWith('HPE_')) return 'what it sends is no HTTP';
  return undefined;
}

/** The code of an error, or of what caused it. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
}

/** Whether the connection ended after the request may have been sent. */
export function hasClosed(error: unknown): boolean {
  return CLOSED.has(codeOf(error) ?? '');
}

// ---

const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name cannot be looked up now',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

const CLOSED: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
