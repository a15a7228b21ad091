import { parseScopes } from '../scopes.ts';
import type { RequestCredentials, TokenPrincipal } from './principal.ts';
import { withImplied } from './required-scopes.ts';
import type { CheckedToken } from './token-cache.ts';

/** The token of a request, and by which scheme it came. */
export interface PresentedToken {
  readonly scheme: 'bearer' | 'dpop';
  readonly token: string;
}

/** Longer tokens are refused unread. */
const MAX_TOKEN_LENGTH = 16_384;

/** The token in the `Authorization` header; undefined where there is none, or none that is well formed. */
export function presentedToken(credentials: RequestCredentials): PresentedToken | undefined {
  const header = credentials.header('authorization');
  if (header === undefined || header.length > MAX_TOKEN_LENGTH) return undefined;
  const match = /^(bearer|dpop) +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { scheme: match[1].toLowerCase() === 'dpop' ? 'dpop' : 'bearer', token: match[2] };
}

/** How claims become a principal. */
export interface PrincipalOptions {
  readonly tenantClaim?: string;
  readonly impliedScopes?: Readonly<Record<string, readonly string[]>>;
}

/** Who a checked token speaks for; undefined where it does not say so. */
export function toPrincipal(
  { claims }: CheckedToken,
  { tenantClaim, impliedScopes = {} }: PrincipalOptions,
): TokenPrincipal | undefined {
  const { iss, sub, client_id: clientId, azp, scope, scp } = claims;
  const client = text(clientId) ?? text(azp);
  const subject = text(sub) ?? text(clientId);
  const tenant = tenantClaim === undefined ? undefined : text(claims[tenantClaim]);
  if (typeof iss !== 'string' || subject === undefined) return undefined;
  if (tenantClaim !== undefined && tenant === undefined) return undefined;
  const scopes = withImplied(scopesOf(scope ?? scp), impliedScopes);
  return {
    issuer: iss,
    subject,
    scopes,
    claims,
    ...(client === undefined ? {} : { client }),
    ...(tenant === undefined ? {} : { tenant }),
  };
}

// ---

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function scopesOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.filter((scope) => typeof scope === 'string');
  return typeof value === 'string' ? parseScopes(value) : [];
}
