import { COUNT, type ConfigSchemaNode, DURATION } from '../config/schema-node.ts';
import { SECRET, type SecretRef } from '../config/secret.ts';

/** `federation`: one path for several servers. */
export interface FederationConfig {
  readonly path?: string;
  readonly servers?: readonly string[];
  readonly timeout?: string;
  readonly longestName?: number;
  readonly keys?: SecretRef;
  readonly extensions?: Readonly<Record<string, FederatedExtensionConfig>>;
}

/** An extension whose methods all go to one server. */
export interface FederatedExtensionConfig {
  readonly server: string;
  readonly methods: readonly string[];
}

/** The federation of a plan. */
export interface FederationPlan {
  readonly path: string;
  /** In the order of merged lists. */
  readonly members: readonly MemberPlan[];
  /** How long lists, discovery and acknowledgements wait for one member, in milliseconds. */
  readonly timeoutMs: number;
  /** The longest qualified name that is offered, in characters. */
  readonly longestName: number;
  /** What handles are sealed with; `undefined` for keys that only this process has. */
  readonly keys: SecretRef | undefined;
  /** The method of an extension, and the name of the server that it goes to. */
  readonly methods: ReadonlyMap<string, string>;
  /** The ids of those extensions, and the name of their server. */
  readonly extensions: ReadonlyMap<string, string>;
  /** Equal for two plans only where a name means the same to both. */
  readonly version: string;
}

/** A server of a federation. */
export interface MemberPlan {
  /** The server's name in the configuration. */
  readonly server: string;
  /** What stands before the names of its tools and prompts; empty for the one whose names stay as they are. */
  readonly prefix: string;
  /** The prefix as it stands in URIs, where upper case and `_` cannot. */
  readonly label: string;
}

/** The schema of `servers.<name>.prefix`. */
export const PREFIX: ConfigSchemaNode = {
  title: 'up to 64 letters, digits, ".", "_" or "-", starting with a letter or digit, or ""',
  description:
    'What the names of this server begin with on the federated path: `<prefix>__<name>`. No `__` in it and no `_` at its end. `""` leaves the names of one server as they are. Default: the name of the server.',
  type: 'string',
  pattern: '^([A-Za-z0-9][A-Za-z0-9._-]{0,63})?$',
};

const EXTENSION: ConfigSchemaNode = {
  title: 'a mapping with server and methods',
  type: 'object',
  additionalProperties: false,
  required: ['server', 'methods'],
  properties: {
    server: {
      title: 'the name of a server',
      description: 'The server that carries the extension: its methods all go there, as they are.',
      type: 'string',
      minLength: 1,
      maxLength: 64,
    },
    methods: {
      title: 'a list of methods',
      description: "The extension's methods.",
      type: 'array',
      minItems: 1,
      maxItems: 100,
      uniqueItems: true,
      items: { title: 'a method such as "skills/list"', type: 'string', pattern: '^[!-~]{1,128}$' },
    },
  },
};

/** The schema of `federation`. */
export const FEDERATION: ConfigSchemaNode = {
  title: 'the keys path, servers, timeout, longestName, keys and extensions',
  description:
    'One path for several servers: `{}` is enough. Names of tools and prompts are qualified (`<prefix>__<name>`), lists are merged, everything else goes to the server that the name says.',
  type: 'object',
  additionalProperties: false,
  properties: {
    path: {
      title: 'a path that starts with "/", such as "/mcp"',
      description: 'The path clients use, matched exactly.',
      type: 'string',
      pattern: "^/[A-Za-z0-9._~!$&'()*+,;=:@/-]*$",
      maxLength: 1024,
      default: '/mcp',
    },
    servers: {
      title: 'a list of server names',
      description:
        'The servers it has, in the order of merged lists. Default: all, in the order of `servers`.',
      type: 'array',
      minItems: 1,
      maxItems: 1000,
      uniqueItems: true,
      items: { title: 'the name of a server', type: 'string', minLength: 1, maxLength: 64 },
    },
    timeout: {
      ...DURATION,
      description:
        'How long lists, discovery and acknowledgements wait for one server. What it has is then left out of the answer, and the answer says so.',
      default: '5s',
    },
    longestName: {
      ...COUNT,
      description:
        'The longest qualified name that is offered; longer ones are left out, and the list says so. Some model APIs refuse a whole list for one name of more than 64.',
      minimum: 16,
      maximum: 256,
      default: 128,
    },
    keys: {
      ...SECRET,
      description:
        'What cursors, task ids and request states are sealed with: `id:secret` as `switchyard keys` writes it, several with commas; the first seals, all open. All instances need the same. Default: a key that only this process has.',
    },
    extensions: {
      title: 'a mapping from extension ids to servers',
      description:
        'Extensions beyond tasks and apps, whose methods the gateway does not know: each goes to one server. Others are not announced.',
      type: 'object',
      maxProperties: 100,
      additionalProperties: EXTENSION,
    },
  },
};
