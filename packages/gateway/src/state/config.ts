import { type ConfigProblem, formatPath } from '../config/problem.ts';
import { type ConfigSchemaNode, DURATION, FILE } from '../config/schema-node.ts';
import { SECRET, type SecretRef } from '../config/secret.ts';
import { durationMs } from '../config/units.ts';

/** `state`: the URL alone, or with how to reach it. */
export type StateConfig = string | StateSettings;

/** `state` in its long form. */
export interface StateSettings {
  readonly url: string;
  readonly password?: SecretRef;
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: SecretRef;
  readonly prefix?: string;
  readonly timeout?: string;
  readonly lease?: string;
}

/** Where shared state is, ready to be connected. */
export interface StatePlan {
  readonly url: string;
  readonly password: SecretRef | undefined;
  /** A file. */
  readonly ca: string | undefined;
  /** A file, and its key. */
  readonly own: { readonly certificate: string; readonly key: SecretRef } | undefined;
  readonly prefix: string;
  readonly timeoutMs: number;
  /** How long what a killed instance held stays taken. */
  readonly leaseMs: number;
}

const URL_PATTERN = '^rediss?://[^\\s#]+$';

/** The schema of `state`. */
export const STATE: ConfigSchemaNode = {
  title: 'a redis:// or rediss:// URL, or a mapping with at least url',
  description:
    'Redis or Valkey, shared by all instances: quotas, used-up proofs and, where said, cached answers. Nothing in it is lost for good when it is. One server, or a primary with replicas; a Redis Cluster is refused. Without it each instance keeps its own in memory. A URL, or a mapping.',
  type: ['string', 'object'],
  writeOnly: true,
  pattern: URL_PATTERN,
  maxLength: 1024,
  additionalProperties: false,
  required: ['url'],
  examples: ['redis://127.0.0.1:6379'],
  properties: {
    url: {
      title: 'a redis:// or rediss:// URL, without a password',
      description: 'Host, port, user name and database, such as `rediss://gateway@redis.internal:6380/2`.',
      type: 'string',
      pattern: URL_PATTERN,
      maxLength: 1024,
      writeOnly: true,
    },
    password: { ...SECRET, description: 'The password, by reference.' },
    ca: {
      ...FILE,
      description:
        'The authorities that may vouch for a `rediss://` server, PEM, instead of those that Node knows.',
    },
    certificate: {
      ...FILE,
      description: "The gateway's own certificate, for `rediss://` servers that ask. Requires `key`.",
    },
    key: { ...SECRET, description: 'The private key of `certificate`, by reference.' },
    prefix: {
      title: 'a text of 1 to 64 visible characters',
      description: 'Stands before every key; different for gateways that must not share.',
      type: 'string',
      pattern: '^[!-~]{1,64}$',
      default: 'switchyard:',
    },
    timeout: {
      ...DURATION,
      description: 'How long one answer is waited for. What happens then is up to each use.',
      default: '250ms',
    },
    lease: {
      ...DURATION,
      description:
        'How long the places of a killed instance stay taken, where quotas limit the requests at once.',
      default: '30s',
    },
  },
};

/** The plan of `state`; `undefined` where each instance keeps its own. */
export function compileState(
  config: StateConfig | undefined,
  problems: ConfigProblem[],
): StatePlan | undefined {
  if (config === undefined) return undefined;
  const settings: StateSettings = typeof config === 'string' ? { url: config } : config;
  const at = typeof config === 'string' ? ['state'] : ['state', 'url'];
  const refuse = (why: string) => problems.push({ path: at, message: `${formatPath(at)} ${why}` });
  if (!URL.canParse(settings.url)) refuse('is not a URL');
  else if (new URL(settings.url).password !== '')
    refuse('carries a password; give it by reference: state.password');
  checkTls(settings, problems);
  const timeoutMs = durationMs(settings.timeout ?? '250ms');
  if (timeoutMs === 0 || timeoutMs > 60_000)
    problems.push({ path: ['state', 'timeout'], message: 'state.timeout must be from 1ms to 60s' });
  const leaseMs = durationMs(settings.lease ?? '30s');
  if (leaseMs < 1000 || leaseMs > 3_600_000)
    problems.push({ path: ['state', 'lease'], message: 'state.lease must be from 1s to 1h' });
  return {
    url: settings.url,
    password: settings.password,
    ca: settings.ca,
    own: ownOf(settings),
    prefix: settings.prefix ?? 'switchyard:',
    timeoutMs,
    leaseMs,
  };
}

// ---

function ownOf({ certificate, key }: StateSettings): StatePlan['own'] {
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

function checkTls(settings: StateSettings, problems: ConfigProblem[]): void {
  const { url, certificate, key } = settings;
  for (const word of ['ca', 'certificate', 'key'] as const) {
    if (settings[word] === undefined || /^rediss:/i.test(url)) continue;
    const path = ['state', word];
    problems.push({ path, message: `${formatPath(path)} is there, and state.url is not rediss://` });
  }
  if ((certificate === undefined) !== (key === undefined))
    problems.push({ path: ['state'], message: 'state needs certificate and key together' });
}
