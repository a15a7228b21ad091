import type { AuthorizationServer } from 'oauth4webapi';
import { AuthError } from '../errors.ts';
import { type DocumentOptions, fetchDocument } from '../http.ts';

/** An issuer whose metadata name another issuer, accepted for what it is. */
export interface IssuerException {
  /** The issuer that the resource advertises. */
  readonly advertised: string;
  /** What the metadata found there call it, exactly. */
  readonly issuer: string;
}

/** How an authorization server is looked up. */
export interface AuthorizationServerOptions extends DocumentOptions {
  readonly exceptions?: readonly IssuerException[];
  /** Hears of an exception that was made use of. */
  readonly onException?: (exception: IssuerException) => void;
}

/** Where the metadata of an issuer may be, in the order of asking. Spec: basic/authorization/authorization-server-discovery. */
export function metadataUrls(issuer: string): readonly URL[] {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const paths = [
    `/.well-known/oauth-authorization-server${path}`,
    `/.well-known/openid-configuration${path}`,
    ...(path === '' ? [] : [`${path}/.well-known/openid-configuration`]),
  ];
  return paths.map((each) => new URL(each, origin));
}

/**
 * Finds the metadata of an authorization server. Their `issuer` must be the one asked for, character for character, or one that
 * an exception names for it. Rejects with `discovery` where there are none, or what is asked for is no name of an issuer,
 * `issuer-mismatch` where they are someone else's.
 * Spec: basic/authorization/authorization-server-discovery#authorization-server-metadata-discovery.
 */
export async function discoverAuthorizationServer(
  issuer: string,
  options: AuthorizationServerOptions,
): Promise<AuthorizationServer> {
  if (!isIssuer(issuer))
    throw new AuthError('discovery', 'The name of an authorization server is none that an issuer may have.');
  for (const url of metadataUrls(issuer)) {
    const document = await fetchDocument(url, options);
    if (document === undefined) continue;
    checkIssuer(issuer, document['issuer'], options);
    // The library checks each endpoint when it is used; the issuer was checked above.
    return document as unknown as AuthorizationServer;
  }
  throw new AuthError('discovery', `The authorization server ${issuer} publishes no metadata.`);
}

// ---

const MAX_ISSUER_LENGTH = 2_048;

/** A URL without query and fragment that a message can show: errors repeat it. Spec: RFC 8414 §2. */
function isIssuer(name: string): boolean {
  return name.length <= MAX_ISSUER_LENGTH && !/[\s\p{C}?#]/u.test(name) && URL.canParse(name);
}

function checkIssuer(asked: string, found: unknown, options: AuthorizationServerOptions): void {
  if (found === asked) return;
  const exception = options.exceptions?.find((each) => each.advertised === asked && each.issuer === found);
  if (exception !== undefined) {
    options.onException?.(exception);
    return;
  }
  const name = typeof found === 'string' ? JSON.stringify(found.slice(0, 200)) : 'nothing';
  throw new AuthError(
    'issuer-mismatch',
    `The metadata of the authorization server ${JSON.stringify(asked)} name ${name} as the issuer. If both are known to be one, trust that pair explicitly.`,
  );
}
