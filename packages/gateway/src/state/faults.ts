/** What is wrong with reaching a store that trying again does not mend. */
export interface StateFault {
  /** A code, for programs. */
  readonly why: string;
  /** What to do about it; holds no name and no value of the configuration. */
  readonly advice: string;
}

/** A code or the first word of what Redis says (`NOAUTH`, `OOM`); the rest may repeat what was sent. */
export function wordFor(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('code' in error && typeof error.code === 'string') return error.code;
  const said = error.message.replace(/^Ready check failed: /, '');
  return /^[A-Z]{3,} /.exec(said)?.[0].trim() ?? (said.slice(0, 80) || error.name);
}

/** What somebody has to mend before the store can be used; `undefined` for what may mend itself. */
export function faultOf(error: unknown): StateFault | undefined {
  const why = wordFor(error);
  const advice = ADVICE[why] ?? (why.startsWith('ERR_SSL_') ? TLS_FAILED : undefined);
  return advice === undefined ? undefined : { why, advice };
}

/** The server is part of a cluster. */
export class ClusterError extends Error {
  readonly code = 'CLUSTER' as const;
}

// ---

const UNTRUSTED =
  'nobody who is trusted vouches for its certificate; set state.ca to the file of the authority that signed it';
const EXPIRED = 'its certificate is not valid now; renew it, or set the clocks right';
const NOT_ADMITTED = 'it does not let the gateway in; set state.password, and the user name in state.url';
const TLS_FAILED =
  'no TLS could be agreed on; see whether it speaks TLS at that port, and whether it wants a certificate: state.certificate and state.key';
const CLUSTER =
  'it is a Redis Cluster, which keeps the keys of one request apart; point state.url at a single server, a primary with replicas, or a proxy in front of them';

const ADVICE: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_SIGNATURE_FAILURE: UNTRUSTED,
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another name; use a name of the certificate as the host of state.url',
  CERT_HAS_EXPIRED: EXPIRED,
  CERT_NOT_YET_VALID: EXPIRED,
  NOAUTH: NOT_ADMITTED,
  WRONGPASS: NOT_ADMITTED,
  CLUSTER,
  MOVED: CLUSTER,
  CROSSSLOT: CLUSTER,
};
