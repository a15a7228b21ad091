import { type ConfigPath, type ConfigProblem, formatPath } from '../../config/problem.ts';
import { COUNT, type ConfigSchemaNode, DURATION, SIZE } from '../../config/schema-node.ts';
import { SECRET, type SecretRef } from '../../config/secret.ts';
import type { DurationText, SizeText } from '../../config/units.ts';
import { bounded, positive } from '../../plan/bounds.ts';

/** A server that the gateway starts itself. */
export interface StdioConfig {
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, SecretRef>>;
  readonly inherit?: readonly string[];
  readonly cwd?: string;
  readonly instances?: number;
  readonly message?: SizeText;
  readonly grace?: DurationText;
}

/** `StdioConfig`, in bytes and milliseconds; its environment is still to be read. */
export interface StdioPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, SecretRef>>;
  /** `undefined` for what any program needs. */
  readonly inherit: readonly string[] | undefined;
  readonly cwd: string | undefined;
  readonly instances: number;
  readonly messageBytes: number;
  readonly graceMs: number;
}

const VARIABLE = '^[A-Za-z_][A-Za-z0-9_]*$';

/** The schema of `stdio` of a server. */
export const STDIO: ConfigSchemaNode = {
  title: 'a mapping with at least command',
  description:
    'A server of this revision that the gateway starts itself and speaks to over its standard input and output, in place of `replicas`. It is started when it is first needed, and again, with pauses that grow, when it has ended.',
  type: 'object',
  additionalProperties: false,
  required: ['command'],
  properties: {
    command: {
      title: 'a program',
      description: 'The program, by path or by name; no shell reads it.',
      type: 'string',
      minLength: 1,
      maxLength: 4096,
    },
    args: {
      title: 'a list of arguments',
      description: 'Its arguments. Other users of the machine may see them: no secrets here.',
      type: 'array',
      maxItems: 1000,
      items: { title: 'an argument', type: 'string', maxLength: 65_536 },
    },
    env: {
      title: 'a mapping from names to references',
      description: 'Variables of its environment, by reference.',
      type: 'object',
      maxProperties: 1000,
      propertyNames: { title: 'the name of an environment variable', type: 'string', pattern: VARIABLE },
      additionalProperties: SECRET,
    },
    inherit: {
      title: 'a list of names of environment variables',
      description:
        "Variables that it gets from the gateway's own environment. Default: what any program needs, such as `PATH`, `HOME` and `LANG`.",
      type: 'array',
      maxItems: 1000,
      items: { title: 'the name of an environment variable', type: 'string', pattern: VARIABLE },
    },
    cwd: {
      title: 'a folder',
      description: "Where it runs. Default: the gateway's working directory.",
      type: 'string',
      minLength: 1,
      maxLength: 4096,
    },
    instances: {
      ...COUNT,
      description: 'How many processes share the requests.',
      minimum: 1,
      maximum: 100,
      default: 1,
    },
    message: {
      ...SIZE,
      description: 'The largest message that it may write; a larger one ends it.',
      default: '16MiB',
    },
    grace: {
      ...DURATION,
      description: 'How long it may go on once its input is closed, and again once it was asked to stop.',
      default: '2s',
    },
  },
};

/** Fills the defaults in; `undefined` for a server that has replicas. */
export function compileStdio(
  server: { readonly stdio?: StdioConfig; readonly replicas?: readonly string[] } & Readonly<
    Partial<Record<ForHttp, unknown>>
  >,
  at: ConfigPath,
  problems: ConfigProblem[],
): StdioPlan | undefined {
  const { stdio: config, replicas } = server;
  if (config === undefined) {
    if (replicas === undefined)
      problems.push({ path: at, message: `${formatPath(at)} needs the key "replicas" or "stdio"` });
    return undefined;
  }
  for (const key of ['replicas', ...FOR_HTTP] as const) {
    if (server[key] === undefined) continue;
    const path = [...at, key];
    problems.push({
      path,
      message: `${formatPath(path)} is for servers that are reached over HTTP, not for stdio`,
    });
  }
  const { command, args = [], env = {}, inherit, cwd, instances = 1 } = config;
  return {
    ...{ command, args, env, inherit, cwd, instances },
    messageBytes: bounded(config.message ?? '16MiB', [...at, 'stdio', 'message'], problems),
    graceMs: positive(config.grace ?? '2s', [...at, 'stdio', 'grace'], problems),
  };
}

// ---

type ForHttp = (typeof FOR_HTTP)[number];

const FOR_HTTP = ['tls', 'network', 'http2', 'credentials', 'canary', 'shadow'] as const;
