// What `npm start` prints once it can be called.

/** The lines that tell where the replicas are and how to call them. */
export function banner({ url, replicas }) {
  return `
First light: ${replicas.length} replicas of examples/first-light/server.ts behind the gateway.

  endpoint   ${url}
${replicas.map((replica, index) => `  replica ${index + 1}  ${replica.url}  pid ${replica.pid}`).join('\n')}

Call it:

  npx switchyard call ${url} whoami

${indent(curlLine(url))}

From a program, with the official client:

${indent(clientSnippet(url))}

Another replica answers every call. kill -9 one of them: calls go on, and it comes back. Ctrl-C drains and stops.
`;
}

/** A call of \`whoami\` for a POSIX shell. */
export function curlLine(url) {
  const body = {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      name: 'whoami',
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'curl', version: '8' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  };
  const headers = [
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    'MCP-Protocol-Version: 2026-07-28',
    'Mcp-Method: tools/call',
    'Mcp-Name: whoami',
  ];
  return [
    `curl -s ${url}`,
    ...headers.map((header) => `  -H '${header}'`),
    `  -d '${JSON.stringify(body)}'`,
  ].join(' \\\n');
}

/** The same call as a module for Node, with the official client. */
export function clientSnippet(url) {
  return `import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const client = new Client({ name: 'me', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
await client.connect(new StreamableHTTPClientTransport(new URL('${url}')));
console.log((await client.callTool({ name: 'whoami' })).structuredContent);
await client.close();`;
}

const indent = (text) => text.replace(/^(?=.)/gm, '  ');
