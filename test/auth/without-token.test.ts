import { PassThrough } from 'node:stream';
import { createServer, deny } from '@switchyard/server';
import { serveStdio } from '@switchyard/server/stdio';
import { expect, it } from 'vitest';

/** A server whose callers must authenticate, and whose tool asks the user to visit a page. */
function make() {
  const asked: string[] = [];
  const server = createServer(
    { name: 's', version: '1' },
    {
      authenticate: ({ header }) => {
        asked.push('authenticate');
        return header('authorization') === undefined ? deny(401, 'Bearer') : undefined;
      },
    },
  );
  server.registerTool('who', {}, (ctx) => {
    asked.push('tool');
    return `${ctx.principal.subject}|${process.env['PATH'] === undefined}`;
  });
  server.registerTool('visit', {}, async (ctx) => {
    asked.push('tool');
    await ctx.elicitUrl({ message: 'Sign in', url: 'https://example.com/sign-in' });
    return 'visited';
  });
  return { server, asked };
}

function call(name: string): string {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'c', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { url: {} } },
  };
  return JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, _meta } });
}

it('whoever has no token is challenged, and never asked to visit a page instead [ELICIT-011]', async () => {
  const { server, asked } = make();
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'visit',
  };
  const request = new Request('http://localhost/mcp', { method: 'POST', headers, body: call('visit') });
  const response = await server.fetch(request);
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  expect(await response.text()).not.toContain('example.com');
  expect(asked).toEqual(['authenticate']);
});

it('over stdio nobody is asked for a token: credentials come from the environment [AUTH-002]', async () => {
  const { server, asked } = make();
  const [input, output] = [new PassThrough(), new PassThrough()];
  const connection = serveStdio(server, { input, output });
  input.end(`${call('who')}\n`);
  await connection.closed;
  const answer = JSON.parse(String(output.read()));
  expect(answer.result.content).toEqual([{ type: 'text', text: '|false' }]);
  expect(asked).toEqual(['tool']);
});
