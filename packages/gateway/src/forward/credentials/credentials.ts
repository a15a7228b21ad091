import { createHash } from 'node:crypto';
import { AuthError, createServiceTokens, type ServiceTokens } from '@switchyard/auth/client';
import type { ConfigPath } from '../../config/problem.ts';
import type { Secrets } from '../../config/secret.ts';
import type { Caller } from '../../identify/caller.ts';
import { type Refusal, refuse } from '../../refusal.ts';
import type { CredentialsPlan } from './config.ts';
import { TokenCache } from './token-cache.ts';

/** On whose behalf a server is asked: an exchange, in all that matters here. */
export interface Client {
  readonly caller: Caller;
  readonly request: { readonly head: { readonly authorization: string | undefined } };
}

/** What is shown to a server: one header. */
export interface Shown {
  readonly header: string;
  readonly value: string;
}

/** What the gateway shows one server that it calls. */
export interface Credentials {
  /** Differs where anything that is shown may differ, secrets included. */
  readonly digest: string;
  /** Whether others can be got where the server has refused these. */
  readonly renewable: boolean;
  /** What to show on behalf of a client; of the gateway itself where there is none. Rejects never. */
  show(client: Client | undefined): Shown | Refusal | Promise<Shown | Refusal>;
  /** The server has refused what was shown. */
  refused(client: Client | undefined, shown: Shown): void;
}

/** What credentials need from outside. */
export interface CredentialsContext {
  readonly secrets: Secrets;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** The credentials of a plan, their secrets read. Throws `ConfigError` where one cannot be. */
export function readCredentials(
  plan: CredentialsPlan,
  at: ConfigPath,
  { secrets, clock }: CredentialsContext,
): Credentials {
  if (plan.kind === 'secret') {
    const value = plan.prefix + secrets.read(plan.secret, [...at, 'secret']);
    const shown = { header: plan.header, value };
    return { digest: digest(value), renewable: false, show: () => shown, refused: () => {} };
  }
  const clientSecret = secrets.read(plan.clientSecret, [...at, 'oauth', 'clientSecret']);
  const { issuer, tokenEndpoint, clientId } = plan;
  const tokens = createServiceTokens({
    ...{ issuer, clientId, clientSecret },
    ...(tokenEndpoint === undefined ? {} : { tokenEndpoint }),
  });
  return new TokenCredentials(plan, { tokens, clock, digest: digest(clientSecret) });
}

// ---

interface TokenParts {
  readonly tokens: ServiceTokens;
  readonly clock: () => number;
  readonly digest: string;
}

/** The key of the gateway's own token; a caller's is a digest. */
const OWN = 'own';

class TokenCredentials implements Credentials {
  readonly digest: string;
  readonly renewable = true;
  readonly #plan: Exclude<CredentialsPlan, { kind: 'secret' }>;
  readonly #tokens: ServiceTokens;
  readonly #cache: TokenCache;

  constructor(plan: Exclude<CredentialsPlan, { kind: 'secret' }>, { tokens, clock, digest }: TokenParts) {
    this.digest = digest;
    this.#plan = plan;
    this.#tokens = tokens;
    this.#cache = new TokenCache(clock);
  }

  show(client: Client | undefined): Shown | Refusal | Promise<Shown | Refusal> {
    const { resource, audience, scopes } = this.#plan;
    const target = {
      scopes,
      ...(resource === undefined ? {} : { resource }),
      ...(audience === undefined ? {} : { audience }),
    };
    if (this.#plan.kind === 'client-credentials')
      return this.#shown(this.#cache.get(OWN, () => this.#tokens.own(target), Number.POSITIVE_INFINITY));
    const subject = tokenOf(client);
    if (subject === undefined) return refuse('caller-token-needed');
    const ask = () => this.#tokens.exchange(subject, target);
    return this.#shown(this.#cache.get(digest(subject), ask, expiryOf(client)));
  }

  refused(client: Client | undefined, { value }: Shown): void {
    const subject = this.#plan.kind === 'client-credentials' ? undefined : tokenOf(client);
    this.#cache.drop(subject === undefined ? OWN : digest(subject), value.slice(BEARER.length));
  }

  #shown(token: string | Promise<string>): Shown | Promise<Shown | Refusal> {
    return typeof token === 'string' ? bearer(token) : token.then(bearer, refusalOf);
  }
}

const BEARER = 'Bearer ';

function bearer(token: string): Shown {
  return { header: 'authorization', value: BEARER + token };
}

/** The authorization server has said no to this caller, or there was no word of it. */
function refusalOf(error: unknown): Refusal {
  const denied =
    error instanceof AuthError && error.oauthError !== undefined && !OWN_FAULTS.has(error.oauthError);
  return refuse(denied ? 'caller-not-admitted' : 'credentials-unavailable');
}

/** Errors of a token endpoint that are not about the caller. */
const OWN_FAULTS: ReadonlySet<string> = new Set([
  'invalid_client',
  'unauthorized_client',
  'unsupported_grant_type',
  'temporarily_unavailable',
  'server_error',
]);

/** The access token that the caller has shown, once `identify` has verified it. */
function tokenOf(client: Client | undefined): string | undefined {
  if (client?.caller.by !== 'token') return undefined;
  return /^(?:bearer|dpop) +(\S+) *$/i.exec(client.request.head.authorization ?? '')?.[1];
}

/** What was got for a token is not shown after that has expired. */
function expiryOf(client: Client | undefined): number {
  const expiry = client?.caller.claims?.['exp'];
  return typeof expiry === 'number' ? expiry * 1000 : Number.POSITIVE_INFINITY;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
