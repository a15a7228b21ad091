#!/usr/bin/env node
// CPU time per tools/call of the gateway's per-server path beside the simplest streaming proxy on undici, in one run on
// the same work: node packages/gateway/scripts/compare.mjs [--slices 12] [--millis 1000] [--conns 64] [--asking] [--policed] [--audited]
// With --asking also of a gateway that identifies callers by their tokens and holds them to two quotas, in memory.
// With --policed also of one with a policy of 20 rules that look at headers, and of one that also compares every body.
// With --audited also of one that puts every call on record, with and without digests, in a new file of SQLite.
// Needs built packages. On Linux the proxies are pinned to core 0, load and servers to core 1.
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const self = fileURLToPath(import.meta.url);
const option = (name, fallback) => Number(process.argv[process.argv.indexOf(`--${name}`) + 1] || fallback);
const has = (name) => process.argv.includes(`--${name}`);
const PIN = spawnSync('taskset', ['-V']).status === 0;
const VERSION = '2026-07-28';

const PUBLIC = 'https://mcp.example.com';

const roles = { main, upstream, floor, gateway, load };
await roles[process.env.COMPARE_ROLE ?? 'main']();

async function main() {
  const slices = has('slices') ? option('slices', 12) : 12;
  const millis = has('millis') ? option('millis', 1000) : 1000;
  const conns = has('conns') ? option('conns', 64) : 64;
  const issuer = await startIssuer();
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-compare-'));
  const load = await start('load', { TOKEN: issuer.token }, 1);
  const upstreams = [await start('upstream', {}, 1), await start('upstream', {}, 1)];
  const UPSTREAMS = upstreams.map((child) => child.url).join(',');
  const targets = {
    floor: await start('floor', { UPSTREAMS }, 0),
    gateway: await start('gateway', { UPSTREAMS }, 0),
    ...(has('asking') ? { asking: await start('gateway', { UPSTREAMS, ISSUER: issuer.url }, 0) } : {}),
    ...(has('policed') ? await policed(UPSTREAMS) : {}),
    ...(has('audited') ? await audited(UPSTREAMS, folder) : {}),
  };
  for (const { url } of Object.values(targets)) await run(load, { url, millis: 3000, conns });
  const names = Object.keys(targets);
  const figures = Object.fromEntries(names.map((name) => [name, []]));
  // Short slices in turn, so that whatever else the machine does falls on both.
  for (let slice = 0; slice < slices; slice++) {
    for (const role of slice % 2 === 0 ? names : [...names].reverse()) {
      const before = await cpu(targets[role].child);
      const { requests, errors } = await run(load, { url: targets[role].url, millis, conns });
      const micros = ((await cpu(targets[role].child)) - before) / requests;
      if (errors > 0) console.log(`${role}: ${errors} errors`);
      figures[role].push(micros);
    }
  }
  for (const { child } of [load, ...upstreams, ...Object.values(targets)]) child.kill();
  rmSync(folder, { recursive: true, force: true });
  issuer.close();
  const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  for (const role of Object.keys(figures)) {
    const list = figures[role];
    console.log(
      `${role.padEnd(8)} median ${median(list).toFixed(1)}, best ${Math.min(...list).toFixed(1)} µs CPU a call`,
    );
  }
  for (const name of names.slice(1)) {
    const ratios = figures[name].map((micros, i) => micros / figures.floor[i]);
    console.log(`${name} / floor: ${median(ratios).toFixed(2)} (median of ${slices} pairs of ${millis} ms)`);
  }
  for (const name of names.slice(2)) {
    const added = figures[name].map((micros, i) => micros - figures.gateway[i]);
    console.log(`${name} - gateway: ${median(added).toFixed(1)} µs CPU a call (median)`);
  }
}

async function policed(UPSTREAMS) {
  return {
    policed: await start('gateway', { UPSTREAMS, POLICY: 'as-needed' }, 0),
    compared: await start('gateway', { UPSTREAMS, POLICY: 'always' }, 0),
  };
}

async function start(role, env, core) {
  const child = fork(self, [], {
    env: { ...process.env, ...env, COMPARE_ROLE: role, NODE_ENV: 'production' },
  });
  if (PIN) spawnSync('taskset', ['-a', '-p', '-c', String(core), String(child.pid)]);
  const [{ url }] = await once(child, 'message');
  return { child, url };
}

async function cpu(child) {
  child.send('cpu');
  const [micros] = await once(child, 'message');
  return micros;
}

async function run(load, job) {
  load.child.send(job);
  const [result] = await once(load.child, 'message');
  return result;
}

function answerCpu() {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send(user + system);
  });
}

function upstream() {
  const server = http.createServer((req, res) => {
    const chunks = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', () => {
      const { id, params } = JSON.parse(Buffer.concat(chunks));
      const sum = params.arguments.a + params.arguments.b;
      const result = {
        resultType: 'complete',
        content: [{ type: 'text', text: String(sum) }],
        structuredContent: { sum },
      };
      const body = JSON.stringify({ jsonrpc: '2.0', id, result });
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
      res.end(body);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}/mcp` }));
}

async function floor() {
  const { Pool } = await import('undici');
  const pools = process.env.UPSTREAMS.split(',').map(
    (url) => new Pool(new URL(url).origin, { connections: 64 }),
  );
  const skipped = new Set(['connection', 'host', 'transfer-encoding', 'keep-alive']);
  const pass = (headers) => {
    const out = {};
    for (const name in headers) if (!skipped.has(name)) out[name] = headers[name];
    return out;
  };
  let turn = 0;
  const server = http.createServer((req, res) => {
    const pool = pools[turn++ % pools.length];
    const chunks = [];
    req.on('data', (chunk) => chunks.push(chunk));
    req.on('end', async () => {
      try {
        const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
        const reply = await pool.request({
          path: req.url,
          method: req.method,
          headers: pass(req.headers),
          body,
        });
        res.writeHead(reply.statusCode, pass(reply.headers));
        for await (const chunk of reply.body) res.write(chunk);
        res.end();
      } catch {
        if (!res.headersSent) res.writeHead(502);
        res.end();
      }
    });
  });
  answerCpu();
  server.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${server.address().port}/mcp` }));
}

/** An authorization server of few words, and a token of its own for the path that is called. */
async function startIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' };
  const server = http.createServer((_, res) => res.end(JSON.stringify({ keys: [jwk] })));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const token = await new SignJWT({ scope: 'mcp:read mcp:write', client_id: 'compare' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' })
    .setIssuer(url)
    .setSubject('user-4711')
    .setAudience(`${PUBLIC}/mcp`)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
  return { url, token, close: () => server.close() };
}

async function audited(UPSTREAMS, folder) {
  const at = (name, audit) => ({ UPSTREAMS, STORE: path.join(folder, name), AUDIT: JSON.stringify(audit) });
  return {
    audited: await start('gateway', at('a.db', {}), 0),
    terse: await start('gateway', at('b.db', { digests: false, outcomes: false }), 0),
  };
}

/** Rules that look at headers, the last of which allows. */
function policyOf(body) {
  const rules = Array.from({ length: 19 }, (_, i) => ({
    name: `no-${i}`,
    effect: 'deny',
    when: `tool.name == "drop-${i}" && !("admin" in caller.scopes)`,
  }));
  return {
    default: 'deny',
    body,
    rules: [...rules, { name: 'calls', effect: 'allow', when: 'server.name == "bench"' }],
  };
}

/** With ISSUER, one that asks its callers who they are and counts what they do; with POLICY, one that has rules. */
async function gateway() {
  const { createGateway } = await import('@switchyard/gateway');
  const replicas = process.env.UPSTREAMS.split(',');
  const { ISSUER, POLICY, STORE, AUDIT } = process.env;
  const asking = {
    identify: { issuers: [{ issuer: ISSUER, jwksUri: `${ISSUER}/keys` }], scopes: { always: ['mcp:read'] } },
    quotas: [
      { name: 'calls', per: ['caller'], limit: 1_000_000_000, every: '1m' },
      { name: 'tools', per: ['caller', 'tool'], limit: 1_000_000_000, every: '1m' },
    ],
  };
  const made = createGateway({
    listen: { port: 0, publicUrl: PUBLIC },
    servers: { bench: { path: '/mcp', replicas } },
    ...(ISSUER === undefined ? {} : asking),
    ...(POLICY === undefined ? {} : { policy: policyOf(POLICY) }),
    ...(STORE === undefined ? {} : { store: `sqlite:${STORE}`, audit: JSON.parse(AUDIT) }),
  });
  const { url } = await made.listen();
  answerCpu();
  process.send({ url: `${url}/mcp` });
}

function load() {
  process.on('message', generate);
  process.send({});
}

/** Raw sockets, one request at a time on each. */
function generate({ url, millis, conns }) {
  const { host, hostname, port, pathname } = new URL(url);
  const requests = Array.from({ length: 16 }, (_, i) => request(i + 1, host, pathname));
  const end = performance.now() + millis;
  let done = 0;
  let errors = 0;
  let open = conns;
  let sent = 0;
  const closed = () => {
    open -= 1;
    if (open === 0) process.send({ requests: done, errors });
  };
  for (let i = 0; i < conns; i++) {
    const socket = net.connect({ port: Number(port), host: hostname, noDelay: true });
    let buffered = '';
    const next = () => (performance.now() < end ? socket.write(requests[sent++ % 16]) : socket.end());
    socket.on('connect', next);
    socket.on('error', () => {
      errors += 1;
    });
    socket.on('close', closed);
    socket.on('data', (chunk) => {
      buffered += chunk.toString('latin1');
      if (!whole(buffered)) return;
      if (!buffered.startsWith('HTTP/1.1 200')) errors += 1;
      buffered = '';
      done += 1;
      next();
    });
  }
}

function whole(text) {
  const head = text.indexOf('\r\n\r\n');
  if (head === -1) return false;
  const length = /content-length: (\d+)/i.exec(text.slice(0, head));
  return length === null ? text.endsWith('0\r\n\r\n') : text.length - head - 4 >= Number(length[1]);
}

function request(id, host, path) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': VERSION,
    'io.modelcontextprotocol/clientInfo': { name: 'compare', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { name: 'add', arguments: { a: id, b: id * 7 }, _meta };
  const body = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });
  const lines = [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `MCP-Protocol-Version: ${VERSION}`,
    'Mcp-Method: tools/call',
    'Mcp-Name: add',
    `Authorization: Bearer ${process.env.TOKEN}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
