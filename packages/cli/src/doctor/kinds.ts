/** A kind of things that servers list. */
export interface Kind {
  readonly method: string;
  /** The member of the result that holds them. */
  readonly key: string;
  /** The server's capability. */
  readonly capability: 'tools' | 'prompts' | 'resources';
  /** The member by which one is told from another. */
  readonly identity: string;
}

/** The name of a kind. */
export type KindName = 'tools' | 'prompts' | 'resources' | 'templates';

/** The lists that there are. */
export const KINDS: Readonly<Record<KindName, Kind>> = {
  tools: { method: 'tools/list', key: 'tools', capability: 'tools', identity: 'name' },
  prompts: { method: 'prompts/list', key: 'prompts', capability: 'prompts', identity: 'name' },
  resources: { method: 'resources/list', key: 'resources', capability: 'resources', identity: 'uri' },
  templates: {
    method: 'resources/templates/list',
    key: 'resourceTemplates',
    capability: 'resources',
    identity: 'uriTemplate',
  },
};
