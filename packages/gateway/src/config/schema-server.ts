import { SERVER_CACHE, TRUSTED } from '../cache/config.ts';
import { PREFIX } from '../federate/config.ts';
import { HTTP2, NETWORK } from '../forward/channel/config.ts';
import { SCOPES } from '../identify/scopes.ts';
import { CANARY, SHADOW } from '../route/variants/config.ts';
import { COUNT, type ConfigSchemaNode, DURATION, OPTIONAL_DURATION } from './schema-node.ts';

/** The schema of `health` of a server. */
export const HEALTH: ConfigSchemaNode = {
  title: 'the keys failures, eject, maxEject and active',
  description: 'Passive health: real traffic tells which replicas are ill.',
  type: 'object',
  additionalProperties: false,
  properties: {
    failures: {
      ...COUNT,
      description:
        'How many failures in a row eject a replica: no connection, connection lost, no answer in time, or 502, 503, 504.',
      minimum: 1,
      maximum: 1000,
      default: 3,
    },
    eject: {
      ...DURATION,
      description:
        'How long a replica is left out the first time; doubled each time its trial request fails.',
      default: '2s',
    },
    maxEject: {
      ...DURATION,
      description: 'The longest a replica is left out before the next trial.',
      default: '30s',
    },
    active: {
      title: 'the keys interval, timeout and path',
      description:
        'Active health: the gateway asks each replica from time to time. A failure counts like one of a request; a replica that is left out comes back when it answers, and no caller has to try. Off unless this key is there.',
      type: 'object',
      additionalProperties: false,
      properties: {
        interval: { ...DURATION, description: 'How often, give or take a tenth.', default: '10s' },
        timeout: { ...DURATION, description: 'How long an answer is waited for.', default: '2s' },
        path: {
          title: 'a path that starts with "/"',
          description:
            'What is looked up (GET); well is who answers 2xx. Default: `server/discover` at the MCP endpoint; well is who answers with less than 500.',
          type: 'string',
          pattern: '^/[!-~]*$',
          maxLength: 1024,
        },
      },
    },
  },
};

/** The schema of `timeouts` of a server. */
export const TIMEOUTS: ConfigSchemaNode = {
  title: 'the keys connect, headers, idle and total',
  description: 'How long the gateway waits for a replica at each step.',
  type: 'object',
  additionalProperties: false,
  properties: {
    connect: { ...DURATION, description: 'To connect to a replica.', default: '1s' },
    headers: {
      ...DURATION,
      description:
        'From sending the request to the first byte of the answer. A tool that answers with plain JSON sends nothing before it is done. Does not apply to `subscriptions/listen`.',
      default: '5m',
    },
    idle: {
      ...OPTIONAL_DURATION,
      description:
        'Between two parts of a response, and for a client that has stopped reading. Only the second applies to `subscriptions/listen`.',
      default: '5m',
    },
    total: {
      ...OPTIONAL_DURATION,
      description:
        'For the whole request, repeats included; nothing extends it, progress neither. Does not apply to `subscriptions/listen`.',
      default: '1h',
    },
  },
};

/** The schema of one entry of `servers`. */
export const SERVER: ConfigSchemaNode = {
  title: 'a server: a mapping with at least replicas or stdio',
  type: 'object',
  additionalProperties: false,
  properties: {
    path: {
      title: 'a path that starts with "/", such as "/servers/weather/mcp"',
      description: 'The path clients use, matched exactly. Default: `/servers/<name>/mcp`.',
      type: 'string',
      pattern: "^/[A-Za-z0-9._~!$&'()*+,;=:@/-]*$",
      maxLength: 1024,
    },
    prefix: PREFIX,
    canary: CANARY,
    shadow: SHADOW,
    replicas: {
      title: 'a list of URLs',
      description: 'The MCP endpoints of the instances. Any of them may get any request.',
      type: 'array',
      minItems: 1,
      maxItems: 1000,
      uniqueItems: true,
      items: {
        title: 'an http or https URL, such as "http://127.0.0.1:3001/mcp"',
        type: 'string',
        pattern: '^https?://[^\\s#]+$',
        maxLength: 2048,
      },
      examples: ['http://127.0.0.1:3001/mcp'],
    },
    labels: {
      title: 'a mapping from words to texts',
      description: 'What rules of the policy know the server by beside its name.',
      type: 'object',
      maxProperties: 100,
      propertyNames: {
        title: 'a word of 1 to 64 letters, digits, ".", "_" or "-", starting with a letter',
        type: 'string',
        pattern: '^[A-Za-z][A-Za-z0-9._-]{0,63}$',
      },
      additionalProperties: {
        title: 'a text of at most 256 characters',
        description: 'The label.',
        type: 'string',
        maxLength: 256,
      },
    },
    balance: {
      title: 'round-robin or least-in-flight',
      description: 'How a replica is chosen: in turn, or the one with the fewest requests in progress.',
      type: 'string',
      enum: ['round-robin', 'least-in-flight'],
      default: 'round-robin',
    },
    retries: {
      ...COUNT,
      description:
        'How many times a request may be sent again to another replica. Only what cannot have run is sent again (nothing was sent), or what may run twice (lists, reads, discovery); never a `tools/call` that may have run.',
      minimum: 0,
      maximum: 10,
      default: 2,
    },
    authorization: {
      title: 'drop or pass',
      description:
        "What becomes of the caller's `Authorization` header. With `pass` each replica of this server sees the caller's credentials. With `identify` only for a server that has `resource`, and only tokens issued for that.",
      type: 'string',
      enum: ['drop', 'pass'],
      default: 'drop',
    },
    cache: SERVER_CACHE,
    trusted: TRUSTED,
    stdio: { $ref: '#/definitions/stdio' },
    credentials: { $ref: '#/definitions/credentials' },
    http2: HTTP2,
    tls: { $ref: '#/definitions/upstreamTls' },
    network: NETWORK,
    retryBudget: { $ref: '#/definitions/retryBudget' },
    circuit: { $ref: '#/definitions/circuit' },
    hedge: { $ref: '#/definitions/hedge' },
    resource: {
      title: 'an http or https URL without fragment',
      description:
        'The URL that tokens for this server are issued for, where that is not `listen.publicUrl` and the path. With it the server may be the audience itself, and get the token by `authorization: pass`. Needs `identify`.',
      type: 'string',
      pattern: '^https?://[^\\s#@]+$',
      maxLength: 2048,
    },
    scopes: {
      ...SCOPES,
      description: 'The scopes that requests to this server need, beside `identify.scopes`.',
    },
    health: { $ref: '#/definitions/health' },
    timeouts: { $ref: '#/definitions/timeouts' },
  },
};
