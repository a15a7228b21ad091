import { type ConfigPath, type ConfigProblem, formatPath } from '../../config/problem.ts';
import type { ConfigSchemaNode } from '../../config/schema-node.ts';
import { SECRET, type SecretRef } from '../../config/secret.ts';

/** What the gateway shows a server that it calls. Exactly one of `secret` and `oauth` is given. */
export interface CredentialsConfig {
  readonly secret?: SecretRef;
  readonly header?: string;
  readonly scheme?: string;
  readonly oauth?: OAuthCredentialsConfig;
}

/** How tokens for a server are got. */
export interface OAuthCredentialsConfig {
  readonly grant?: OAuthGrant;
  readonly issuer: string;
  readonly tokenEndpoint?: string;
  readonly clientId: string;
  readonly clientSecret: SecretRef;
  readonly resource?: string;
  readonly audience?: string;
  readonly scopes?: readonly string[];
}

/** In whose name tokens are got: the gateway's own, or each caller's. */
export type OAuthGrant = 'client-credentials' | 'token-exchange';

/** `CredentialsConfig` with its defaults; secrets are still to be read. */
export type CredentialsPlan =
  | {
      readonly kind: 'secret';
      readonly secret: SecretRef;
      /** In small letters. */
      readonly header: string;
      /** What stands before the secret, with its space, or empty. */
      readonly prefix: string;
    }
  | {
      readonly kind: OAuthGrant;
      readonly issuer: string;
      readonly tokenEndpoint: string | undefined;
      readonly clientId: string;
      readonly clientSecret: SecretRef;
      readonly resource: string | undefined;
      readonly audience: string | undefined;
      readonly scopes: readonly string[];
    };

const HTTP_URL: ConfigSchemaNode = {
  title: 'an http or https URL',
  type: 'string',
  pattern: '^https?://[^\\s#]+$',
  maxLength: 2048,
};

const OAUTH: ConfigSchemaNode = {
  title: 'the keys grant, issuer, tokenEndpoint, clientId, clientSecret, resource, audience and scopes',
  description: 'Tokens of an authorization server, got when they are needed and kept until they expire.',
  type: 'object',
  additionalProperties: false,
  required: ['issuer', 'clientId', 'clientSecret'],
  properties: {
    grant: {
      title: 'client-credentials or token-exchange',
      description:
        "In whose name: the gateway's own, one token for all callers; or each caller's (RFC 8693), whose verified token is traded for one that only this server accepts. The caller's own token never goes there.",
      type: 'string',
      enum: ['client-credentials', 'token-exchange'],
      default: 'client-credentials',
    },
    issuer: { ...HTTP_URL, description: 'The authorization server.' },
    tokenEndpoint: { ...HTTP_URL, description: 'Default: what its metadata say.' },
    clientId: {
      title: 'a client identifier',
      description: "The gateway's client there.",
      type: 'string',
      minLength: 1,
      maxLength: 512,
    },
    clientSecret: { ...SECRET, description: 'The secret of that client, by reference.' },
    resource: { ...HTTP_URL, description: 'The URL that tokens are to be good for (RFC 8707).' },
    audience: {
      title: 'the name of a server',
      description: 'The name that tokens are to be good for, where the authorization server goes by names.',
      type: 'string',
      minLength: 1,
      maxLength: 512,
    },
    scopes: {
      title: 'a list of scopes',
      description: 'What tokens are to permit. Default: what the authorization server thinks fit.',
      type: 'array',
      maxItems: 100,
      items: { title: 'a scope', type: 'string', pattern: '^[!#-\\[\\]-~]{1,200}$' },
    },
  },
};

/** The schema of `credentials` of a server. */
export const CREDENTIALS: ConfigSchemaNode = {
  title: 'the keys secret, header and scheme, or the key oauth',
  description:
    'What the gateway shows this server: nothing, a secret, or a token. A request that the server refuses for it is answered 502; its challenges are not shown to callers, who are not its clients.',
  type: 'object',
  additionalProperties: false,
  properties: {
    secret: { ...SECRET, description: 'A fixed secret, by reference, sent with every request.' },
    header: {
      title: 'a header name',
      description: 'The header that `secret` is sent in. Default: `authorization`.',
      type: 'string',
      pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$",
    },
    scheme: {
      title: 'an authentication scheme',
      description: 'The word before `secret`. Default: `Bearer` in `authorization`, none elsewhere.',
      type: 'string',
      pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,50}$",
    },
    oauth: OAUTH,
  },
};

/** Headers that are the message's or the gateway's own. */
const RESERVED =
  /^(content-.*|mcp-.*|host|connection|transfer-encoding|te|upgrade|via|accept|x-forwarded-.*)$/;

/** Fills the defaults in; `undefined` where the server is shown nothing. */
export function compileCredentials(
  server: { readonly credentials?: CredentialsConfig; readonly authorization?: string },
  path: ConfigPath,
  problems: ConfigProblem[],
): CredentialsPlan | undefined {
  const config = server.credentials;
  if (config === undefined) return undefined;
  const at = [...path, 'credentials'];
  const { secret, oauth } = config;
  const refuse = (path: ConfigPath, why: string) => {
    problems.push({ path, message: `${formatPath(path)} ${why}` });
    return undefined;
  };
  if (server.authorization === 'pass') {
    const why = `is "pass": a server with credentials of the gateway's gets none of the caller's`;
    return refuse([...path, 'authorization'], why);
  }
  if (oauth !== undefined) {
    if (secret !== undefined || config.header !== undefined || config.scheme !== undefined)
      return refuse(at, 'has oauth, beside which there is no secret, header or scheme');
    const { grant = 'client-credentials', tokenEndpoint, resource, audience, scopes = [], ...rest } = oauth;
    if (grant === 'token-exchange' && resource === undefined && audience === undefined)
      return refuse(
        [...at, 'oauth'],
        'needs resource or audience: a token is traded for one of this server alone',
      );
    return { kind: grant, tokenEndpoint, resource, audience, scopes, ...rest };
  }
  if (secret === undefined) return refuse(at, 'needs secret or oauth');
  const header = (config.header ?? 'authorization').toLowerCase();
  if (RESERVED.test(header)) return refuse([...at, 'header'], `is "${header}", which is not for secrets`);
  const scheme = config.scheme ?? (header === 'authorization' ? 'Bearer' : undefined);
  return { kind: 'secret', secret, header, prefix: scheme === undefined ? '' : `${scheme} ` };
}
