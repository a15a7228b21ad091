// The floor of a gateway in Node: a reverse proxy on undici, round robin, no more checks than forwarding needs.
import { createServer } from 'node:http';
import { Pool } from 'undici';
import { HOST, PORT } from '../work.mjs';

const pools = process.env.UPSTREAMS.split(',').map(
  (url) => new Pool(new URL(url).origin, { connections: 64 }),
);
const DROPPED = new Set(['connection', 'host', 'keep-alive', 'transfer-encoding']);
let turn = 0;

createServer((request, response) => {
  const pool = pools[turn++ % pools.length];
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    forward(pool, request, response, body).catch(() => {
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
  });
}).listen(PORT, HOST);

async function forward(pool, request, response, body) {
  const { url: path, method } = request;
  const answer = await pool.request({ path, method, headers: passed(request.headers), body });
  response.writeHead(answer.statusCode, passed(answer.headers));
  for await (const chunk of answer.body) response.write(chunk);
  response.end();
}

function passed(headers) {
  const kept = {};
  for (const name in headers) if (!DROPPED.has(name)) kept[name] = headers[name];
  return kept;
}
