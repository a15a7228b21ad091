import { type ConfigSchemaNode, FILE } from '../config/schema-node.ts';
import { SCOPE_LIST } from './scopes.ts';

const TENANT: ConfigSchemaNode = {
  title: 'the name of a tenant',
  description: 'The tenant of the caller.',
  type: 'string',
  minLength: 1,
  maxLength: 256,
};

const KEY: ConfigSchemaNode = {
  title: 'a key: a mapping with name and hash',
  type: 'object',
  additionalProperties: false,
  required: ['name', 'hash'],
  properties: {
    name: {
      title: 'a name of 1 to 128 visible characters',
      description: 'Who calls with it, for quotas, policy and records.',
      type: 'string',
      pattern: '^[!-~]{1,128}$',
    },
    hash: {
      title: '"sha256:" and 64 hexadecimal digits, as `switchyard gateway-key` prints it',
      description: 'The digest of the key; the key itself is kept nowhere.',
      type: 'string',
      pattern: '^sha256:[0-9a-f]{64}$',
      writeOnly: true,
    },
    tenant: TENANT,
    scopes: { ...SCOPE_LIST, description: 'What the key permits.' },
    expires: {
      title: 'a date such as 2027-01-31, or a date and time with its offset',
      description: 'From when on it does not count.',
      type: 'string',
      pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2}))?$',
    },
    servers: {
      title: 'a list of server names',
      description:
        'The only servers that the key opens, each by its own path; a federation is none of them. Default: all.',
      type: 'array',
      minItems: 1,
      maxItems: 10_000,
      items: { title: 'the name of a server', type: 'string', maxLength: 64 },
    },
  },
};

/** The schema of a list of keys. */
export const KEY_LIST: ConfigSchemaNode = {
  title: 'a list of keys',
  type: 'array',
  maxItems: 100_000,
  items: KEY,
};

/** The schema of `identify.keys`. */
export const KEYS: ConfigSchemaNode = {
  ...KEY_LIST,
  title: 'a list of keys, or { file: path }',
  description:
    'API keys, sent as `Authorization: Bearer` or `X-API-Key`. Either the list itself, or `file`: a YAML file that holds such a list and is read again on each reload. Keys stand there by their hash.',
  type: ['array', 'object'],
  additionalProperties: false,
  required: ['file'],
  properties: { file: { ...FILE, description: 'A YAML file with the list.' } },
};

const EXACT = 'exactly, or with `*` at the end for any end';

function matcher(what: string): ConfigSchemaNode {
  return {
    title: 'a text of 1 to 512 visible characters',
    description: what,
    type: 'string',
    pattern: '^[ -~]{1,512}$',
  };
}

/** What a rule goes by: one of these. */
const MATCHERS: Readonly<Record<string, ConfigSchemaNode>> = {
  uri: matcher(`A URI among the alternative names, ${EXACT}: \`spiffe://example.org/agents/*\`.`),
  dns: matcher(`A DNS name among the alternative names, ${EXACT}.`),
  email: matcher(`An email address among the alternative names, ${EXACT}.`),
  commonName: matcher(`The common name of the subject, ${EXACT}.`),
  fingerprint: {
    title: '32 bytes in hexadecimal, with colons',
    description: 'The SHA-256 fingerprint of the certificate.',
    type: 'string',
    pattern: '^([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}$',
  },
};

/** The schema of a list of rules for certificates, with what else each may say. */
export function certificateRules(
  description: string,
  more: Readonly<Record<string, ConfigSchemaNode>>,
): ConfigSchemaNode {
  return {
    title: 'a list of rules for certificates',
    description,
    type: 'array',
    minItems: 1,
    maxItems: 10_000,
    items: {
      title: 'a rule: a mapping with one of uri, dns, email, commonName and fingerprint',
      type: 'object',
      additionalProperties: false,
      properties: { ...MATCHERS, ...more },
    },
  };
}

/** The schema of `identify.certificates`. */
export const CERTIFICATES: ConfigSchemaNode = certificateRules(
  'Whom client certificates speak for; the first rule that fits counts. Needs `listen.tls.clientCa`. Each rule has one of uri, dns, email, commonName and fingerprint.',
  { tenant: TENANT, scopes: { ...SCOPE_LIST, description: 'What the certificate permits.' } },
);
