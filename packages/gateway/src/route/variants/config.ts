import { COUNT, type ConfigSchemaNode } from '../../config/schema-node.ts';

/** `servers.<name>.canary` and `shadow`: another version of the server. */
export interface VariantConfig {
  readonly replicas: readonly string[];
  readonly share?: number;
  readonly tools?: readonly string[];
}

/** What of a server's configuration is about other versions of it. */
export interface VariantsConfig {
  readonly canary?: VariantConfig;
  readonly shadow?: VariantConfig;
}

const REPLICAS: ConfigSchemaNode = {
  title: 'a list of URLs',
  description: 'The MCP endpoints of the instances of that version.',
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
};

const TOOLS: ConfigSchemaNode = {
  title: 'a list of tools',
  description: "The tools concerned, by the server's own names. Default: all.",
  type: 'array',
  minItems: 1,
  maxItems: 1000,
  uniqueItems: true,
  items: { title: 'the name of a tool', type: 'string', minLength: 1, maxLength: 256 },
};

/** The schema of `servers.<name>.canary`. */
export const CANARY: ConfigSchemaNode = {
  title: 'a mapping with replicas, share and tools',
  description:
    'Another version of the server, which gets a share of the calls of its tools. A caller stays with one version of a tool. Where none of its replicas answers, all calls go to the server itself.',
  type: 'object',
  additionalProperties: false,
  required: ['replicas', 'share'],
  properties: {
    replicas: REPLICAS,
    share: {
      ...COUNT,
      description: 'How many of 100 callers of a tool get that version.',
      minimum: 0,
      maximum: 100,
    },
    tools: TOOLS,
  },
};

/** The schema of `servers.<name>.shadow`. */
export const SHADOW: ConfigSchemaNode = {
  title: 'a mapping with replicas, share and tools',
  description:
    'Another version of the server, which gets a copy of what changes nothing: calls of tools that the server declares read-only or idempotent, and the lists and discovery that pass through its own path unread. Differences are logged and counted; callers never see or wait for its answers.',
  type: 'object',
  additionalProperties: false,
  required: ['replicas'],
  properties: {
    replicas: REPLICAS,
    share: {
      ...COUNT,
      description: 'Of how many of 100 such requests a copy is sent.',
      minimum: 0,
      maximum: 100,
      default: 100,
    },
    tools: TOOLS,
  },
};
