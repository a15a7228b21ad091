import { type ConfigSchemaNode, DURATION } from '../config/schema-node.ts';
import { SECRET } from '../config/secret.ts';
import { CERTIFICATES, KEYS } from './schema-keys.ts';
import { SCOPES, scopesByName } from './scopes.ts';

const URL_TITLE = 'an https URL, such as "https://login.example.com"';
const URL_PATTERN = '^https?://[^\\s#?@]+$';

/** The schema of a URL of an authorization server. */
function url(description: string): ConfigSchemaNode {
  return { title: URL_TITLE, description, type: 'string', pattern: URL_PATTERN, maxLength: 2048 };
}

const FLAG: ConfigSchemaNode = { title: 'true or false', type: 'boolean', default: false };

const INTROSPECTION: ConfigSchemaNode = {
  title: 'the keys endpoint, clientId, clientSecret and always',
  description: 'Asks the authorization server about tokens that are no JWTs. RFC 7662.',
  type: 'object',
  additionalProperties: false,
  required: ['clientId', 'clientSecret'],
  properties: {
    endpoint: url('Where to ask. Default: what the metadata of the issuer say.'),
    clientId: {
      title: 'a client id',
      description: 'By which the gateway is known there.',
      type: 'string',
      minLength: 1,
      maxLength: 512,
    },
    clientSecret: { ...SECRET, description: 'The secret of that client, by reference; sent by HTTP Basic.' },
    always: {
      ...FLAG,
      description: 'Whether JWTs are asked about, too, so that a revoked one is noticed within `remember`.',
    },
  },
};

const ISSUER: ConfigSchemaNode = {
  title: 'an issuer: a mapping with at least issuer',
  type: 'object',
  additionalProperties: false,
  required: ['issuer'],
  properties: {
    issuer: url('The issuer, exactly as its tokens and its metadata say it.'),
    jwksUri: url('Where its keys are. Default: what its metadata say, looked up when the first token comes.'),
    algorithms: {
      title: 'a list of asymmetric signature algorithms',
      description: 'The signatures that are accepted. Default: all asymmetric ones.',
      type: 'array',
      minItems: 1,
      maxItems: 11,
      items: {
        title: 'an asymmetric algorithm such as ES256',
        type: 'string',
        enum: [
          ...['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'],
          ...['RS256', 'RS384', 'RS512', 'EdDSA', 'Ed25519'],
        ],
      },
    },
    audiences: {
      title: 'a list of audiences',
      description:
        'What tokens of this issuer may have as audience, any of these, on every path. Only for issuers that cannot name the URL of the path: tokens are then not kept apart by path.',
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: { title: 'an audience', type: 'string', minLength: 1, maxLength: 2048 },
    },
    introspection: INTROSPECTION,
  },
};

const DPOP: ConfigSchemaNode = {
  title: 'the keys required and window',
  description:
    'Tokens bound to a key of the client. A bound token always needs its proof, and each proof counts once; with `state`, once for all instances. RFC 9449.',
  type: 'object',
  additionalProperties: false,
  properties: {
    required: { ...FLAG, description: 'Whether tokens that are not bound are refused.' },
    window: {
      ...DURATION,
      description: 'How old a proof may be, and how far in the future.',
      default: '60s',
    },
  },
};

/** The schema of `identify`. */
export const IDENTIFY: ConfigSchemaNode = {
  title: 'a mapping with issuers, keys, certificates or anonymous',
  description: 'Who may call, and how callers show who they are. Without it nobody is asked.',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    issuers: {
      title: 'a list of issuers',
      description:
        'The authorization servers whose access tokens are accepted. A token must have been issued for the URL of the path that it is used at.',
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: ISSUER,
    },
    keys: KEYS,
    certificates: CERTIFICATES,
    anonymous: {
      title: 'true, false, or a list of server names',
      description:
        'Where callers without credentials are let in: everywhere, nowhere, or at the servers named, each by its own path. Wrong credentials are refused everywhere.',
      type: ['boolean', 'array'],
      default: false,
      items: { title: 'the name of a server', type: 'string', maxLength: 64 },
    },
    scopes: SCOPES,
    impliedScopes: scopesByName(
      'The scopes that a broader one implies: `admin: [read, write]`. A token with `admin` then has all three.',
    ),
    tenantClaim: {
      title: 'the name of a claim',
      description: "The claim that names the caller's tenant. A token without it is refused.",
      type: 'string',
      minLength: 1,
      maxLength: 256,
    },
    clockTolerance: {
      ...DURATION,
      description: 'How far the clocks of issuers may be off.',
      default: '30s',
    },
    remember: {
      ...DURATION,
      description:
        'How long the outcome of checking a token is remembered: how late a revocation is noticed. `0s` remembers nothing.',
      default: '60s',
    },
    dpop: DPOP,
  },
};
