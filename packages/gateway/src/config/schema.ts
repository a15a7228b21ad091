import { ADMIN } from '../admin/config.ts';
import { QUOTAS } from '../admit/config.ts';
import { POLICY } from '../authorise/config.ts';
import { CACHE } from '../cache/config.ts';
import { FEDERATION } from '../federate/config.ts';
import { UPSTREAM_TLS } from '../forward/channel/config.ts';
import { CREDENTIALS } from '../forward/credentials/config.ts';
import { CIRCUIT, HEDGE, RETRY_BUDGET } from '../forward/resilience/config.ts';
import { STDIO } from '../forward/stdio/config.ts';
import { IDENTIFY } from '../identify/schema.ts';
import { INTEGRITY } from '../integrity/config.ts';
import { LISTEN } from '../listen/config.ts';
import { AUDIT } from '../record/schema.ts';
import { STATE } from '../state/config.ts';
import { STORE } from '../store/config.ts';
import { LIMITS } from './schema-limits.ts';
import { type ConfigSchemaNode, DURATION } from './schema-node.ts';
import { HEALTH, SERVER, TIMEOUTS } from './schema-server.ts';

/**
 * The JSON Schema (draft-07, which editors understand) of the configuration file. Published as
 * `@switchyard/gateway/config.schema.json`; the reference page is made from it.
 */
export const CONFIG_SCHEMA: ConfigSchemaNode = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'urn:switchyard:gateway-config',
  title: 'a mapping with at least servers',
  description: 'Switchyard gateway configuration.',
  type: 'object',
  additionalProperties: false,
  required: ['servers'],
  properties: {
    listen: LISTEN,
    servers: {
      title: 'a mapping from server names to servers',
      description: 'The MCP servers behind the gateway, by name.',
      type: 'object',
      minProperties: 1,
      maxProperties: 10_000,
      propertyNames: {
        title: 'a server name of 1 to 64 letters, digits, ".", "_" or "-", starting with a letter or digit',
        type: 'string',
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
      },
      additionalProperties: { $ref: '#/definitions/server' },
    },
    federation: FEDERATION,
    allowedHosts: {
      title: 'a list of host names',
      description:
        'The `Host` values clients may use, with or without a port; `"*"` allows any. Stops DNS rebinding. Default: the host of `listen.publicUrl`, and the loopback names where the bind is loopback.',
      type: 'array',
      minItems: 1,
      maxItems: 1000,
      items: {
        title: 'a host name such as "mcp.example.com" or "mcp.example.com:8443", or "*"',
        type: 'string',
        pattern: '^(\\*|\\[[0-9A-Fa-f:.]+\\](:[0-9]{1,5})?|[A-Za-z0-9._-]+(:[0-9]{1,5})?)$',
        maxLength: 260,
      },
    },
    allowedOrigins: {
      title: 'a list of origins',
      description:
        'The browser origins that may call the gateway; only these get CORS headers. Requests without `Origin` (everything but browsers) are not concerned. Default: none, except that a loopback bind lets loopback origins through without CORS headers.',
      type: 'array',
      maxItems: 1000,
      items: {
        title: 'an origin such as "https://app.example.com", with no path',
        type: 'string',
        pattern: '^https?://[^/\\s?#@]+$',
        maxLength: 260,
      },
    },
    forwarded: {
      title: 'replace, append or drop',
      description:
        'What becomes of `X-Forwarded-For`, `X-Forwarded-Host` and `X-Forwarded-Proto`: replaced by what the gateway itself sees, appended to (only behind a proxy you trust), or removed. `Forwarded` and `X-Real-IP` are always removed.',
      type: 'string',
      enum: ['replace', 'append', 'drop'],
      default: 'replace',
    },
    limits: LIMITS,
    cache: CACHE,
    state: STATE,
    identify: IDENTIFY,
    quotas: QUOTAS,
    policy: POLICY,
    integrity: INTEGRITY,
    store: STORE,
    audit: AUDIT,
    admin: ADMIN,
    drain: {
      ...DURATION,
      description: 'How long calls in progress get to finish when the gateway closes; then they are cut.',
      default: '10s',
    },
  },
  definitions: {
    server: SERVER,
    health: HEALTH,
    timeouts: TIMEOUTS,
    retryBudget: RETRY_BUDGET,
    stdio: STDIO,
    credentials: CREDENTIALS,
    upstreamTls: UPSTREAM_TLS,
    circuit: CIRCUIT,
    hedge: HEDGE,
  },
};
