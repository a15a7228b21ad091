import { type ClientCapabilities, compileHeaderBindings, paramHeaders } from '@switchyard/wire';
import { KINDS, type Kind, type KindName } from './kinds.ts';
import type { Change, Probe } from './probe.ts';
import { asObject, isObject, type Json, type Reply, resultOf } from './reply.ts';

/** What the caller allows beyond looking. */
export interface ExamSettings {
  /** A tool that may be called. */
  readonly tool?: string;
  readonly args: Json;
}

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

  /** The tool that may be called; `undefined` where none was named, or the server lists none of that name. */
  async tool(): Promise<Json | undefined> {
    const { tool } = this.settings;
    if (tool === undefined) return undefined;
    const { items } = await this.list('tools');
    return items.find(({ name }) => name === tool);
  }

  /** Why checks that call a tool are left out. */
  get noTool(): string {
    const { tool } = this.settings;
    return tool === undefined ? NO_TOOL : `the server lists no tool "${tool}"`;
  }

  /** Calls the tool that may be called, as a client that can be asked anything; `more` is added to the parameters. */
  async invoke(more: Json = {}, change: Change = {}): Promise<Reply> {
    const params = { name: this.settings.tool, arguments: this.settings.args, ...more };
    const compiled = compileHeaderBindings((await this.tool())?.['inputSchema']);
    const mirrored = compiled.ok
      ? Object.entries(paramHeaders(compiled.bindings, asObject(params.arguments)))
      : [];
    const headers = Object.fromEntries(mirrored.map(([name, value]) => [name.toLowerCase(), value]));
    return this.probe.call('tools/call', params, {
      capabilities: EVERY_CAPABILITY,
      ...change,
      headers: { ...headers, ...change.headers },
    });
  }

  /** What the first such call is answered. */
  firstCall(): Promise<Reply> {
    return this.once('call', () => this.invoke());
  }

  /** A request with a name in it: a resource, else a prompt, else a tool that does not exist. */
  named(): Promise<NamedRequest> {
    return this.once('named', () => this.#findNamed());
  }

  /** The answer to what clients of earlier revisions open with. A session that it starts is ended. */
  handshake(): Promise<Reply> {
    return this.once('handshake', async () => {
      const reply = await this.probe.send(HANDSHAKE);
      const session = reply.headers['mcp-session-id'];
      if (session !== undefined)
        await this.probe
          .send({ verb: 'DELETE', headers: { 'mcp-session-id': session } })
          .catch(() => undefined);
      return reply;
    });
  }

  /** Whether `initialize` is answered, as earlier revisions want it. */
  async speaksHandshake(): Promise<boolean> {
    return typeof resultOf(await this.handshake())?.['protocolVersion'] === 'string';
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

// ---

const NO_TOOL = 'no tool was named that may be called: --tool';

/** What a client declares that can be asked anything. */
const EVERY_CAPABILITY: ClientCapabilities = {
  elicitation: { form: {}, url: {} },
  sampling: {},
  roots: {},
};

const HANDSHAKE = {
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

function needsNothing(prompt: Json): boolean {
  const args = prompt['arguments'];
  return !Array.isArray(args) || args.every((each) => !isObject(each) || each['required'] !== true);
}
