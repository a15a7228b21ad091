// What is asked of a server under test, as requests of revision 2026-07-28, and what a right answer looks like.
import { URI } from './work.mjs';

const VERSION = '2026-07-28';

/** How many distinct requests of a workload are sent in rotation. */
const VARIANTS = 16;

/** The workloads by name: the method, and how many tools the server has. */
export const WORKLOADS = {
  call: { title: 'tools/call, 1 tool', method: 'tools/call', tools: 1 },
  read: { title: 'resources/read, 10 KB', method: 'resources/read', tools: 1 },
  call100: { title: 'tools/call, 100 tools', method: 'tools/call', tools: 100 },
  list: { title: 'tools/list, 100 tools', method: 'tools/list', tools: 100 },
};

/** The request messages of a method, with different ids and arguments. */
export function messages(method) {
  return Array.from({ length: VARIANTS }, (_, index) => message(method, index + 1));
}

/** One request message. */
export function message(method, id, params = paramsOf(method, id)) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': VERSION,
    'io.modelcontextprotocol/clientInfo': { name: 'bench-client', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  return { jsonrpc: '2.0', id, method, params: { ...params, _meta } };
}

/** The headers that belong to the requests of a method. */
export function headersOf(method) {
  const headers = {
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'MCP-Protocol-Version': VERSION,
    'Mcp-Method': method,
  };
  if (method === 'tools/call') headers['Mcp-Name'] = 'add';
  if (method === 'resources/read') headers['Mcp-Name'] = URI;
  return headers;
}

/** What is wrong with the answer to a request, or undefined. */
export function faultOf({ id, method, params }, reply, { tools }) {
  const { result } = reply;
  if (reply.id !== id) return 'wrong id';
  if (result === undefined) return 'no result';
  if (result.resultType !== 'complete') return 'no resultType';
  if (method === 'tools/list') return faultOfList(result, tools);
  if (method === 'resources/read')
    return result.contents?.[0]?.text?.length === 10240 ? undefined : 'wrong contents';
  const sum = params.arguments.a + params.arguments.b;
  if (result.structuredContent?.sum !== sum) return 'wrong structuredContent';
  return result.content?.[0]?.text === String(sum) ? undefined : 'wrong text';
}

function faultOfList({ tools: listed = [] }, count) {
  if (listed.length !== count) return `${listed.length} tools`;
  const whole = listed.every(
    ({ inputSchema, outputSchema }) => inputSchema?.properties && outputSchema?.properties,
  );
  return whole ? undefined : 'schemas are missing';
}

function paramsOf(method, id) {
  if (method === 'tools/call') return { name: 'add', arguments: { a: (id * 37) % 1000, b: (id * 91) % 777 } };
  return method === 'resources/read' ? { uri: URI } : {};
}
