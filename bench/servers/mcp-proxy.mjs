// mcp-proxy in front of our server on stdio: servers on stdio are all that it can stand in front of.
import { fileURLToPath } from 'node:url';
import { HOST, PORT } from '../work.mjs';

const server = fileURLToPath(new URL('switchyard.mjs', import.meta.url));
process.env.FRONT = 'stdio';
process.argv.push('--port', String(PORT), '--host', HOST, '--server', 'stream', '--streamEndpoint', '/mcp');
process.argv.push('--upstreamProtocol', 'modern', '--', process.execPath, server);
await import('../node_modules/mcp-proxy/dist/bin/mcp-proxy.mjs');
