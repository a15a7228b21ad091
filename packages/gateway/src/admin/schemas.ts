import { PROTOCOL_VERSION } from '@switchyard/wire';
import type { ApiSchemaName } from './route.ts';

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean' } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const ANY = {} as const;

/** An object with these members; those whose names end in `?` may be absent. */
function object(members: Readonly<Record<string, object>>, description?: string): object {
  const names = Object.keys(members);
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    properties: Object.fromEntries(names.map((name) => [name.replace('?', ''), members[name]])),
    required: names.filter((name) => !name.endsWith('?')),
  };
}

function list(items: object): object {
  return { type: 'array', items };
}

function one(...of: readonly string[]): object {
  return { type: 'string', enum: of };
}

function ref(name: ApiSchemaName): object {
  return { $ref: `#/components/schemas/${name}` };
}

const FIGURES = object({ calls: COUNT, failed: COUNT });
const DIGEST = { type: 'string', description: 'A digest of the definition.' };
const KIND = one('tool', 'prompt', 'template', 'page');
const PIN = {
  ...{ server: TEXT, kind: KIND, name: TEXT },
  ...{ 'approved?': DIGEST, 'pending?': DIGEST, 'rejected?': DIGEST },
};

/** The schemas of the admin API by name, in JSON Schema 2020-12. */
export const API_SCHEMAS: Readonly<Record<ApiSchemaName, object>> = {
  Error: object({ error: { type: 'string', description: 'What is wrong, for people.' } }),
  Health: object({ status: one('ok') }),
  Ready: object({ status: one('ready') }),
  Draining: object({ status: one('draining') }),
  Unready: object({ status: one('draining', 'state-refused'), 'error?': TEXT }),
  Reloaded: object({ servers: { ...COUNT, description: 'How many servers there are now.' } }),
  Unusable: object({ error: TEXT, problems: list(ref('Problem')) }),
  Problem: object({
    path: { ...list({ type: ['string', 'integer'] }), description: 'Keys and indexes from the top.' },
    message: TEXT,
    'line?': { type: 'integer', minimum: 1 },
    'column?': { type: 'integer', minimum: 1 },
  }),
  Servers: object({ servers: list(ref('Server')) }),
  Server: object({
    ...{ name: TEXT, path: TEXT, replicas: list(ref('Replica')) },
    'canary?': object({ stable: FIGURES, canary: FIGURES, replicas: list(ref('Replica')) }),
    'shadow?': object({
      ...{ compared: COUNT, differed: COUNT, dropped: COUNT },
      replicas: list(ref('Replica')),
    }),
    era: {
      ...one(PROTOCOL_VERSION, 'older', 'unreachable', 'unknown'),
      description: 'The revision that it answers to; `unknown` where it wants credentials first.',
    },
    'why?': { type: 'string', description: 'Why it is not the present revision.' },
    'serverInfo?': ANY,
    'capabilities?': list(TEXT),
    'supportedVersions?': ANY,
  }),
  Replica: object({
    url: { type: 'string', description: 'Without the query.' },
    state: one('in', 'out', 'trial'),
    failures: { ...COUNT, description: 'In a row.' },
    inFlight: COUNT,
    sent: COUNT,
  }),
  Plan: object(
    {
      listen: object({ host: TEXT, port: COUNT, tls: FLAG }),
      stages: list(TEXT),
      'store?': one('sqlite', 'postgres'),
      state: one('memory', 'shared'),
      'audit?': object({ onLoss: one('deny', 'allow'), contents: TEXT, instance: TEXT }),
      limits: { type: 'object', additionalProperties: COUNT },
      drainMs: COUNT,
      forwarded: one('replace', 'append', 'drop'),
      servers: list(ref('PlannedServer')),
    },
    'The configuration with its defaults, without secrets.',
  ),
  PlannedServer: object({
    ...{ name: TEXT, path: TEXT, balance: TEXT, retries: COUNT },
    timeouts: { type: 'object', additionalProperties: COUNT },
    replicas: list(TEXT),
  }),
  Record: object(
    { chain: TEXT, seq: { type: 'integer', minimum: 1 }, prev: TEXT, hash: TEXT, record: { type: 'object' } },
    'A record of the audit trail, as an export has it.',
  ),
  PinKey: object({ server: TEXT, kind: TEXT, name: TEXT }, 'Which definition.'),
  Pin: object(PIN),
  Pins: object({
    pins: list(object({ ...PIN, changedAt: { ...COUNT, description: 'Milliseconds since the epoch.' } })),
  }),
  Decided: object({ pin: ref('Pin') }),
  Document: { type: 'object', description: 'This document.' },
};
