import type { Tool } from '@switchyard/wire';
import type { ServerPlan } from '../plan/plan.ts';

/** The server of a target: a live one, for exchanges. */
export interface TargetServer {
  readonly plan: Pick<ServerPlan, 'name' | 'labels'>;
}

/** What somebody wants to do, judged apart from how the request for it came: a call, or a member of a list. */
export interface Target {
  /** `undefined` where it is not known which server it is for. */
  readonly server: TargetServer | undefined;
  /** `tools/call` for a tool, `prompts/get` for a prompt, `resources/read` for a resource or a template. */
  readonly method: string;
  /** The server's own name of it: a tool, a prompt, a URI, a URI template. */
  readonly name?: string;
  /** The tool's definition, where it is known. `null`: the server has no such tool. */
  readonly tool?: Pick<Tool, 'annotations'> | null;
  /** The arguments, where they are known. */
  readonly args?: Readonly<Record<string, unknown>>;
  /** The parameter headers, where they belong to this target. */
  readonly params?: ReadonlyMap<string, string>;
}

/** The methods that show what there is, or follow up what was allowed: possible wherever anything of the server is. */
export function showsOnly(method: string): boolean {
  return SHOWING.has(method);
}

/** Methods whose target is named by `Mcp-Name` and hidden where it is denied. */
export function namesTarget(method: string): boolean {
  return method === 'tools/call' || method === 'prompts/get' || method === 'resources/read';
}

/** Where the members of a list stand in its result, and as what they are judged. */
export interface Listing {
  readonly member: string;
  readonly method: string;
  readonly name: string;
}

/** The lists whose members are judged. */
export const LISTINGS: ReadonlyMap<string, Listing> = new Map([
  ['tools/list', { member: 'tools', method: 'tools/call', name: 'name' }],
  ['prompts/list', { member: 'prompts', method: 'prompts/get', name: 'name' }],
  ['resources/list', { member: 'resources', method: 'resources/read', name: 'uri' }],
  [
    'resources/templates/list',
    { member: 'resourceTemplates', method: 'resources/read', name: 'uriTemplate' },
  ],
]);

// ---

const SHOWING: ReadonlySet<string> = new Set([
  'server/discover',
  'subscriptions/listen',
  'completion/complete',
  'tasks/get',
  'tasks/update',
  'tasks/cancel',
  ...LISTINGS.keys(),
]);
