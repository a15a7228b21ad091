import { asObject, isObject, type Json, type Reply, resultOf } from './reply.ts';
import type { Probe } from './probe.ts';

/** What the caller allows beyond looking. */
export interface ExamSettings {
  /** A tool that may be called. */
  readonly tool?: string;
  readonly args: Json;
}

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

/** The lists that there are. */
export const KINDS = {
  tools: { method: 'tools/list', key: 'tools', capability: 'tools', identity: 'name' },
  prompts: { method: 'prompts/list', key: 'prompts', capability: 'prompts', identity: 'name' },
  resources: { method: 'resources/list', key: 'resources', capability: 'resources', identity: 'uri' },
  templates: {
    method: 'resources/templates/list',
    key: 'resourceTemplates',
    capability: 'resources',
    identity: 'uriTemplate',
  },
} as const satisfies Readonly<Record<string, Kind>>;

/** The name of a kind. */
export type KindName = keyof typeof KINDS;

/** A list, page by page. */
export interface Listing {
  readonly pages: readonly Reply[];
  readonly items: readonly Json[];
  /** The cursors that led to the second page and on. */
  readonly cursors: readonly string[];
}

/** A request that names something, which is safe to make. */
export interface NamedRequest {
  readonly method: string;
  readonly params: Json;
  readonly name: string;
}

/** Against a server that always names a next page. */
const MAX_PAGES = 50;

/** One server under examination. What several checks need is asked for once. */
export class Exam {
  readonly probe: Probe;
  readonly settings: ExamSettings;
  readonly #known = new Map<string, Promise<unknown>>();

  constructor(probe: Probe, settings: ExamSettings) {
    this.probe = probe;
    this.settings = settings;
  }

  /** The answer to `server/discover`. */
  discover(): Promise<Reply> {
    return this.once('discover', () => this.probe.call('server/discover'));
  }

  /** What the server says that it can do. */
  async capabilities(): Promise<Json> {
    return asObject(resultOf(await this.discover())?.['capabilities']);
  }

  /** Everything of a kind; empty where the server has none. */
  list(name: KindName): Promise<Listing> {
    return this.once(`list ${name}`, () => this.#list(KINDS[name]));
  }

  /** The tool that may be called; `undefined` where none was named. Rejects where the server has no such tool. */
  async tool(): Promise<Json | undefined> {
    const { tool } = this.settings;
    if (tool === undefined) return undefined;
    const { items } = await this.list('tools');
    return items.find(({ name }) => name === tool);
  }

  /** A request with a name in it: a resource, else a prompt, else a tool that does not exist. */
  named(): Promise<NamedRequest> {
    return this.once('named', () => this.#findNamed());
  }

  /** Whether `initialize` is answered too, as earlier revisions want it. */
  speaksHandshake(): Promise<boolean> {
    return this.once('handshake', async () => {
      const reply = await this.probe.send(HANDSHAKE);
      return typeof resultOf(reply)?.['protocolVersion'] === 'string';
    });
  }

  /** Does something the first time only. */
  once<T>(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#known.get(key) ?? work();
    this.#known.set(key, known);
    return known as Promise<T>; // kept under this key by this very method
  }

  async #list({ method, key, capability }: Kind): Promise<Listing> {
    const pages: Reply[] = [];
    const items: Json[] = [];
    const cursors: string[] = [];
    if ((await this.capabilities())[capability] === undefined) return { pages, items, cursors };
    for (let cursor: string | undefined; pages.length < MAX_PAGES; ) {
      const reply = await this.probe.call(method, cursor === undefined ? {} : { cursor });
      const result = asObject(resultOf(reply));
      pages.push(reply);
      items.push(...(Array.isArray(result[key]) ? result[key].filter(isObject) : []));
      if (typeof result['nextCursor'] !== 'string') break;
      cursor = result['nextCursor'];
      cursors.push(cursor);
    }
    return { pages, items, cursors };
  }

  async #findNamed(): Promise<NamedRequest> {
    const [resource] = (await this.list('resources')).items;
    const uri = resource?.['uri'];
    if (typeof uri === 'string') return { method: 'resources/read', params: { uri }, name: uri };
    const prompt = (await this.list('prompts')).items.find(needsNothing);
    const name = prompt?.['name'];
    if (typeof name === 'string') return { method: 'prompts/get', params: { name }, name };
    return { method: 'tools/call', params: { name: NO_SUCH_NAME, arguments: {} }, name: NO_SUCH_NAME };
  }
}

/** A name that nothing has. */
export const NO_SUCH_NAME = 'switchyard-doctor-no-such-thing';

/** What clients of earlier revisions open with. */
export const HANDSHAKE = {
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: 'handshake',
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'switchyard-doctor', version: '1' },
    },
  }),
} as const;

// ---

function needsNothing(prompt: Json): boolean {
  const args = prompt['arguments'];
  return !Array.isArray(args) || args.every((each) => !isObject(each) || each['required'] !== true);
}
