// Calls the server of `npm start` with the official client: node examples/first-light/client.mjs [url]
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const url = new URL(process.argv[2] ?? 'http://127.0.0.1:8080/mcp');
const client = new Client(
  { name: 'first-light-client', version: '1.0.0' },
  { versionNegotiation: { mode: 'auto' } },
);
try {
  await client.connect(new StreamableHTTPClientTransport(url));
} catch {
  console.error(`Nothing answers at ${url}. Start the server first: npm start`);
  process.exit(1);
}
for (let call = 1; call <= 3; call += 1) {
  const { structuredContent } = await client.callTool({ name: 'whoami' });
  console.log(structuredContent);
}
await client.close();
