import { COUNT, type ConfigSchemaNode, DURATION, SIZE } from './schema-node.ts';

/** The schema of `limits`. */
export const LIMITS: ConfigSchemaNode = {
  title: 'limits such as body and headers',
  description: 'Bounds on what one client, or all of them together, can make the gateway hold.',
  type: 'object',
  additionalProperties: false,
  properties: {
    body: {
      ...SIZE,
      description: 'The largest request body, enforced while it streams; more is answered 413.',
      default: '4MiB',
    },
    result: {
      ...SIZE,
      description:
        'The largest answer of a server that the gateway reads (lists under a policy, for one); more is answered 502. Answers that pass through unread have no limit.',
      default: '16MiB',
    },
    headers: {
      ...SIZE,
      description:
        'The largest request header section, request line included; more is answered 431. Changing it needs a restart.',
      default: '16KiB',
    },
    headerCount: {
      ...COUNT,
      description: 'The most request header lines; more is answered 431.',
      minimum: 16,
      maximum: 2000,
      default: 100,
    },
    inFlight: {
      ...COUNT,
      description: 'The most requests in progress at once, open streams included; more is answered 503.',
      minimum: 1,
      maximum: 1_000_000,
      default: 10_000,
    },
    connections: {
      ...COUNT,
      description: 'The most client connections at once; more is closed on arrival.',
      minimum: 1,
      maximum: 1_000_000,
      default: 20_000,
    },
    headerTime: {
      ...DURATION,
      description: 'How long a client may take to send the header section; longer is answered 408.',
      default: '10s',
    },
    requestTime: {
      ...DURATION,
      description:
        'How long a client may take to send a whole request; longer is answered 408. And how long it may leave unread what is left of an answer; longer is cut off.',
      default: '60s',
    },
    keepAlive: {
      ...DURATION,
      description:
        'How long an idle client connection is kept open. Keep it longer than the idle time of a load balancer in front.',
      default: '65s',
    },
  },
};
