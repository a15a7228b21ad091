import type { RequestListener } from 'node:http';
import { VERSION } from './support.ts';

/** What a toolbox has. */
export interface Toolbox {
  readonly tools?: readonly (string | { readonly name: string; readonly [member: string]: unknown })[];
  readonly prompts?: readonly string[];
  readonly resources?: readonly string[];
  readonly templates?: readonly string[];
  /** What every read gives. */
  readonly contents?: readonly object[];
  readonly cacheScope?: 'public' | 'private';
  /** How many members a page has. @default all */
  readonly pageSize?: number;
}

/** Answers like a server with these tools, prompts and resources, whose lists may change between requests. */
export function toolbox(box: Toolbox | (() => Toolbox)): RequestListener {
  return (req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { id, method, params = {} } = JSON.parse(Buffer.concat(chunks).toString()) as Request;
      const outcome = answer(typeof box === 'function' ? box() : box, method, params);
      const body = JSON.stringify({ jsonrpc: '2.0', id, ...outcome });
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      res.end(body);
    });
  };
}

/** The body of a request with an envelope, as clients send it. */
export function message(
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  id: unknown = 1,
): string {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': VERSION,
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return JSON.stringify({ jsonrpc: '2.0', id, method, params: { ...params, _meta } });
}

// ---

interface Request {
  readonly id: unknown;
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

function answer(box: Toolbox, method: string, params: Readonly<Record<string, unknown>>): object {
  const tools = (box.tools ?? []).map((tool) => (typeof tool === 'string' ? { name: tool } : tool));
  const page = (member: string, all: readonly object[]) => {
    const start = Number(params['cursor'] ?? 0);
    const end = start + (box.pageSize ?? all.length);
    const next = end < all.length ? { nextCursor: String(end) } : {};
    return {
      result: { ...HEAD, cacheScope: box.cacheScope ?? 'public', [member]: all.slice(start, end), ...next },
    };
  };
  switch (method) {
    case 'tools/list':
      return page(
        'tools',
        tools.map((tool) => ({ inputSchema: { type: 'object' }, ...tool })),
      );
    case 'prompts/list':
      return page(
        'prompts',
        (box.prompts ?? []).map((name) => ({ name })),
      );
    case 'resources/list':
      return page(
        'resources',
        (box.resources ?? []).map((uri) => ({ name: uri, uri })),
      );
    case 'resources/templates/list':
      return page(
        'resourceTemplates',
        (box.templates ?? []).map((uriTemplate) => ({ name: uriTemplate, uriTemplate })),
      );
    case 'resources/read':
      return { result: { ...HEAD, method, contents: box.contents ?? [] } };
    case 'tools/call':
      if (tools.some(({ name }) => name === params['name']))
        return { result: { ...HEAD, content: [], ran: params['name'] } };
      return { error: { code: -32602, message: `Unknown tool: ${String(params['name'])}` } };
    default:
      return { result: { ...HEAD, method } };
  }
}

const HEAD = { resultType: 'complete', ttlMs: 0 };
