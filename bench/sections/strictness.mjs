// What a server checks by itself, so that speed bought by not checking shows.
import { parseReply, post } from '../support/http.mjs';
import { start } from '../support/processes.mjs';
import { headersOf, message } from '../workloads.mjs';

const headers = headersOf('tools/call');
const call = (change = () => {}) => {
  const request = message('tools/call', 1);
  change(request.params);
  return request;
};

/** Requests that should be refused, by what is wrong with them. */
const FAULTS = {
  'bad JSON': ['{"jsonrpc":', headers],
  'bad arguments': [call((params) => Object.assign(params, { arguments: { a: 'x', b: 2 } })), headers],
  'bad version': [call(), { ...headers, 'MCP-Protocol-Version': '1999-01-01' }],
  'bad Accept': [call(), { ...headers, Accept: 'text/plain' }],
  'bad Content-Type': [call(), { ...headers, 'Content-Type': 'text/plain' }],
  'header ≠ body': [call(), { ...headers, 'Mcp-Name': 'other' }],
  'no _meta': [call((params) => Reflect.deleteProperty(params, '_meta')), headers],
  'foreign Origin': [call(), { ...headers, Origin: 'https://evil.example' }],
};

/** The faults' names, in order. */
export const FAULT_NAMES = Object.keys(FAULTS);

/** Which faulty requests each target refuses, with an error of any kind. */
export async function measureStrictness(targets) {
  const rows = {};
  for (const target of targets) {
    const server = await start(target);
    try {
      rows[target.name] = {};
      for (const [fault, [body, how]] of Object.entries(FAULTS)) {
        rows[target.name][fault] = isRefusal(await post(server.url, body, how));
      }
    } finally {
      await server.stop();
    }
  }
  return rows;
}

function isRefusal(answer) {
  if (answer.status >= 400) return true;
  try {
    const { error, result } = parseReply(answer, 1);
    return error !== undefined || result?.isError === true;
  } catch {
    return false;
  }
}
