import { describe, expect, it } from 'vitest';
import { checkStandardHeaders, HEADER } from './index.ts';

const call = { method: 'tools/call', params: { name: 'get_weather' } };
const list = { method: 'tools/list' };

/** Header names are not case-sensitive for Headers, as on the wire. */
function check(
  message: Parameters<typeof checkStandardHeaders>[0],
  headers: Record<string, string>,
  source?: string,
) {
  const found = new Headers(headers);
  return checkStandardHeaders(message, (name) => found.get(name) ?? undefined, source);
}

describe('checkStandardHeaders', () => {
  it.each([
    [call, { 'Mcp-Method': 'tools/call', 'Mcp-Name': 'get_weather' }],
    [call, { 'MCP-METHOD': 'tools/call', 'mcp-name': '  get_weather  ' }],
    [call, { 'Mcp-Method': 'tools/call', 'Mcp-Name': '=?base64?Z2V0X3dlYXRoZXI=?=' }],
    [list, { 'Mcp-Method': 'tools/list' }],
    [
      { method: 'resources/read', params: { uri: 'file:///a%20b' } },
      { 'Mcp-Method': 'resources/read', 'Mcp-Name': 'file:///a%20b' },
    ],
    [
      { method: 'prompts/get', params: { name: '世' } },
      { 'Mcp-Method': 'prompts/get', 'Mcp-Name': '=?base64?5LiW?=' },
    ],
    [{ method: 'unknown/method' }, { 'Mcp-Method': 'unknown/method', 'Mcp-Name': 'whatever' }],
  ])('accepts %j with %j', (message, headers) => {
    expect(check(message, headers)).toBeUndefined();
  });

  it.each([
    [call, {}, 'Mcp-Method header is missing'],
    [call, { 'Mcp-Method': 'tools/list', 'Mcp-Name': 'get_weather' }, 'Mcp-Method header does not match'],
    [list, { 'Mcp-Method': 'TOOLS/LIST' }, 'Mcp-Method header does not match'],
    [list, { 'Mcp-Method': '=?base64?dG9vbHMvbGlzdA==?=' }, 'Mcp-Method header does not match'],
    [call, { 'Mcp-Method': 'tools/call' }, 'Mcp-Name header is missing'],
    [call, { 'Mcp-Method': 'tools/call', 'Mcp-Name': 'other' }, 'Mcp-Name header does not match params.name'],
    [
      call,
      { 'Mcp-Method': 'tools/call', 'Mcp-Name': 'Get_Weather' },
      'Mcp-Name header does not match params.name',
    ],
    [
      call,
      { 'Mcp-Method': 'tools/call', 'Mcp-Name': '=?base64?Z2V0X3dlYXRoZXI?=' },
      'Mcp-Name header is malformed',
    ],
    [call, { 'Mcp-Method': 'tools/call', 'Mcp-Name': 'g\u00e9t' }, 'Mcp-Name header is malformed'],
  ])('refuses %j with %j', (message, headers, reason) => {
    expect(check(message, headers)).toContain(reason);
  });

  it('does not look at Mcp-Name where the method has no name to mirror', () => {
    expect(check(list, { 'Mcp-Method': 'tools/list', 'Mcp-Name': 'get_weather' })).toBeUndefined();
  });

  it('leaves a body without the name to whoever checks the params', () => {
    expect(
      check({ method: 'tools/call', params: {} }, { 'Mcp-Method': 'tools/call', 'Mcp-Name': 'x' }),
    ).toBeUndefined();
    expect(check({ method: 'tools/call' }, { 'Mcp-Method': 'tools/call' })).toBe(
      'Mcp-Name header is missing',
    );
  });

  it('takes the name of an extension method from where it is told', () => {
    const get = { method: 'tasks/get', params: { taskId: 't1' } };
    expect(check(get, { 'Mcp-Method': 'tasks/get', 'Mcp-Name': 't1' }, 'taskId')).toBeUndefined();
    expect(check(get, { 'Mcp-Method': 'tasks/get', 'Mcp-Name': 't2' }, 'taskId')).toContain('params.taskId');
    expect(check(get, { 'Mcp-Method': 'tasks/get' }, 'taskId')).toBe('Mcp-Name header is missing');
  });
});

it('the header names are those of the specification, in lower case', () => {
  expect(HEADER).toEqual({
    protocolVersion: 'mcp-protocol-version',
    method: 'mcp-method',
    name: 'mcp-name',
    paramPrefix: 'mcp-param-',
  });
});
