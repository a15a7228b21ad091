import type { ClientAuth } from 'oauth4webapi';

/** An authorization server whose tokens are accepted. */
export interface TrustedIssuer {
  /** Exactly as its tokens and its metadata say it. */
  readonly issuer: string;
  /** Where its keys are. @default what its metadata say, looked up when the first token comes */
  readonly jwksUri?: string;
  /**
   * Which signature algorithms are accepted; asymmetric ones only, against the confusion of public keys with shared secrets.
   * @default ES256, ES384, ES512, PS256, PS384, PS512, RS256, RS384, RS512, EdDSA, Ed25519
   */
  readonly algorithms?: readonly string[];
  /** What must be in a token's `aud`, any of these. @default the resource */
  readonly audiences?: readonly string[];
  /** Asks the authorization server about tokens that are no JWTs; with `always`, about all. Spec: RFC 7662. */
  readonly introspection?: IntrospectionOptions;
}

/** How to ask an authorization server about a token. */
export interface IntrospectionOptions {
  /** @default what the metadata of the issuer say */
  readonly endpoint?: string;
  readonly clientId: string;
  /** How to authenticate there; made by `ClientSecretBasic` and its like of `oauth4webapi`, or a secret for HTTP Basic. */
  readonly clientAuth: string | ClientAuth;
  /** Whether tokens that are JWTs are asked about, too, so that a revoked one is noticed. @default false */
  readonly always?: boolean;
}

/** Asymmetric signatures of JOSE that Web Crypto knows. */
export const ASYMMETRIC_ALGORITHMS: readonly string[] = [
  'ES256',
  'ES384',
  'ES512',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
  'EdDSA',
  'Ed25519',
];

/** Throws `TypeError` for an algorithm that is not asymmetric. */
export function assertAsymmetric(algorithms: readonly string[]): void {
  const wrong = algorithms.find((algorithm) => !ASYMMETRIC_ALGORITHMS.includes(algorithm));
  if (wrong !== undefined) throw new TypeError(`The algorithm ${wrong} is not an asymmetric signature.`);
  if (algorithms.length === 0) throw new TypeError('At least one algorithm must be accepted.');
}
