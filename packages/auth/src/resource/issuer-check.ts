import type { AuthorizationServer } from 'oauth4webapi';
import { discoverAuthorizationServer } from '../discovery/authorization-server.ts';
import type { DocumentOptions } from '../http.ts';
import { createIntrospectionCheck } from './introspection-check.ts';
import type { TrustedIssuer } from './issuer.ts';
import { createJwtCheck } from './jwt-check.ts';
import type { CheckedToken } from './token-cache.ts';

/** What the checks of all issuers have in common. */
export interface IssuerCheckOptions {
  readonly http: DocumentOptions;
  readonly now: () => number;
  readonly clockToleranceMs: number;
}

/** How tokens of one issuer are checked. */
export interface IssuerCheck {
  readonly issuer: string;
  /** Of a token that names the issuer. */
  readonly jwt: (token: string) => Promise<CheckedToken | undefined>;
  /** Of a token that cannot be read; undefined where the issuer has no introspection. */
  readonly opaque: ((token: string) => Promise<CheckedToken | undefined>) | undefined;
}

/** Makes the checks of one issuer. Its metadata are looked up when a token needs them, and kept. */
export function createIssuerCheck(trusted: TrustedIssuer, common: IssuerCheckOptions): IssuerCheck {
  const { http, now, clockToleranceMs } = common;
  const shared = {
    trusted,
    http,
    now,
    clockToleranceMs,
    metadata: lazyMetadata(trusted.issuer, http),
  };
  const { issuer, introspection } = trusted;
  const ask = introspection && createIntrospectionCheck({ ...shared, introspection });
  const read = createJwtCheck(shared);
  const jwt =
    ask === undefined || introspection?.always !== true
      ? read
      : async (token: string) => {
          const own = await read(token);
          const answer = own && (await ask(token));
          return own && answer && narrowed(answer, own);
        };
  return { issuer, jwt, opaque: ask };
}

// ---

/** What the authorization server says of a token, within what the token says itself: what it is bound to, and until when it counts. */
function narrowed(answer: CheckedToken, own: CheckedToken): CheckedToken {
  const cnf = boundToBoth(answer.claims['cnf'], own.claims['cnf']);
  return {
    trusted: own.trusted,
    claims: cnf === undefined ? answer.claims : { ...answer.claims, cnf },
    expiresAt: Math.min(answer.expiresAt, own.expiresAt),
  };
}

/** Where one of two bindings cannot be read, nothing fulfils them. */
function boundToBoth(answered: unknown, own: unknown): unknown {
  if (own === undefined) return answered;
  if (answered === undefined) return own;
  return isObject(answered) && isObject(own) ? { ...answered, ...own } : 'unreadable';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function lazyMetadata(issuer: string, http: DocumentOptions): () => Promise<AuthorizationServer> {
  let found: Promise<AuthorizationServer> | undefined;
  return () => {
    found ??= discoverAuthorizationServer(issuer, http).catch((error) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}
