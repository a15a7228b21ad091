import { COUNT, type ConfigSchemaNode, DURATION } from '../config/schema-node.ts';
import type { DurationText } from '../config/units.ts';

/** One entry of `quotas`: how much may be asked for, and by whom taken together. */
export interface QuotaConfig {
  readonly name: string;
  readonly per?: readonly string[];
  readonly limit?: number;
  readonly every?: DurationText;
  readonly burst?: number;
  readonly concurrent?: number;
  readonly methods?: readonly string[];
  readonly servers?: readonly string[];
  readonly tools?: readonly string[];
  readonly onStateLoss?: StateLossMode;
}

/** What becomes of requests while shared state cannot be reached. */
export type StateLossMode = 'allow' | 'deny';

/** What requests are told apart by. */
export type QuotaScope = 'caller' | 'tenant' | 'server' | 'method' | 'tool' | `param:${string}`;

/** A quota, ready to be counted. */
export interface QuotaPlan {
  readonly name: string;
  readonly per: readonly QuotaScope[];
  /** `undefined` where only those at once are counted. */
  readonly rate: RatePlan | undefined;
  /** How many requests at once; `undefined` for any number. */
  readonly concurrent: number | undefined;
  /** What it concerns; `undefined` concerns all. */
  readonly methods: ReadonlySet<string> | undefined;
  readonly servers: ReadonlySet<string> | undefined;
  readonly tools: ReadonlySet<string> | undefined;
  readonly onStateLoss: StateLossMode;
}

/** A bucket of `burst` tokens, which gains `limit` of them in every `everyMs`. */
export interface RatePlan {
  readonly limit: number;
  readonly everyMs: number;
  readonly burst: number;
}

function names(title: string, description: string): ConfigSchemaNode {
  return {
    title: `a list of ${title}s`,
    description,
    type: 'array',
    minItems: 1,
    maxItems: 10_000,
    items: { title: `a ${title}`, type: 'string', minLength: 1, maxLength: 256 },
  };
}

const QUOTA: ConfigSchemaNode = {
  title: 'a quota: a mapping with name, and limit or concurrent',
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: {
      title: 'a name of 1 to 64 letters, digits, ".", "_" or "-"',
      description: 'What callers, records and figures call it.',
      type: 'string',
      pattern: '^[A-Za-z0-9._-]{1,64}$',
    },
    per: {
      title: 'a list of caller, tenant, server, method, tool and param:<name>',
      description:
        'What is counted apart: `[caller, tool]` gives each caller a quota of its own for each tool. `param:region` is the argument that `Mcp-Param-Region` repeats. Requests without a tenant, or without that argument, are counted together; with `tool`, requests that call no tool are not counted. Default: everything is counted together.',
      type: 'array',
      uniqueItems: true,
      maxItems: 10,
      items: {
        title: 'caller, tenant, server, method, tool or param:<name>',
        type: 'string',
        pattern: '^(caller|tenant|server|method|tool|param:[A-Za-z0-9_-]{1,64})$',
      },
    },
    limit: {
      ...COUNT,
      description:
        'How many requests there may be in every `every`, evenly: a token bucket that gains so many.',
      minimum: 1,
      maximum: 1_000_000_000,
    },
    every: { ...DURATION, description: 'The time that `limit` is counted by.', default: '1m' },
    burst: {
      ...COUNT,
      description:
        'How many of them may come at once after a pause: what the bucket holds. Default: `limit`.',
      minimum: 1,
      maximum: 1_000_000_000,
    },
    concurrent: {
      ...COUNT,
      description: 'How many requests there may be at the same time, open streams included.',
      minimum: 1,
      maximum: 1_000_000,
    },
    methods: names('method', 'The methods that it concerns. Default: all, lists and discovery included.'),
    servers: names('server name', 'The servers that it concerns. Default: all.'),
    tools: names(
      'tool',
      "The tools that it concerns, by the servers' own names for them; then only calls of them.",
    ),
    onStateLoss: {
      title: 'allow or deny',
      description:
        'What happens while `state` cannot be reached. `allow`: each instance counts by itself meanwhile. `deny`: requests that it concerns are answered 503.',
      type: 'string',
      enum: ['allow', 'deny'],
      default: 'allow',
    },
  },
};

/** The schema of `quotas`. */
export const QUOTAS: ConfigSchemaNode = {
  title: 'a list of quotas',
  description:
    'How much callers may ask for. Decided on headers alone, bodies stay unread. A request must be within every quota that concerns it; where one refuses, none is charged. With `state` all instances count together.',
  type: 'array',
  minItems: 1,
  maxItems: 1000,
  items: QUOTA,
};
