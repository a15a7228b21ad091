import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGateway } from '@switchyard/gateway';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createProgram } from '../program.ts';
import type { Terminal } from '../terminal.ts';

let folder = '';
const at = (name: string) => path.join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'switchyard-cli-audit-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = undefined;
});

/** Runs `switchyard audit …`; gives what it printed, and why it failed. */
async function audit(...args: string[]): Promise<{ out: string[]; failure: string | undefined }> {
  const out: string[] = [];
  const terminal: Terminal = {
    ...{ env: {}, interactive: false, live: false, shown: false },
    print: (text) => out.push(...text.split('\n')),
    note: () => {},
    status: () => {},
    ask: async () => undefined,
    paint: (_, text) => text,
  };
  try {
    await createProgram(terminal).parseAsync(['node', 'switchyard', 'audit', ...args]);
    return { out, failure: undefined };
  } catch (error) {
    return { out, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** A gateway's record of a few calls, signed and anchored, and the configuration that leads to it. */
async function recorded(): Promise<string> {
  await audit('key', at('audit'));
  const upstream = http.createServer((req, res) => {
    req.resume();
    res
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete"}}');
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  onTestFinished(() => void upstream.close());
  const { port } = upstream.address() as AddressInfo; // it listens on TCP
  const config = {
    listen: { port: 0 },
    store: `sqlite:${at('trail.db')}`,
    audit: { checkpoint: { key: { file: at('audit.key') }, every: 2, anchors: at('anchors.jsonl') } },
    servers: { s: { path: '/mcp', replicas: [`http://127.0.0.1:${port}/mcp`] } },
  };
  const gateway = createGateway(config);
  const { url } = await gateway.listen();
  for (const name of ['add', 'wipe\u001b[2J']) await call(url, name);
  await call(url, 'add', '/nowhere');
  await gateway.close({ timeoutMs: 100 });
  writeFileSync(at('gateway.yaml'), JSON.stringify(config));
  return at('gateway.yaml');
}

async function call(base: string, name: string, target = '/mcp'): Promise<void> {
  const encoded = `=?base64?${Buffer.from(name).toString('base64')}?=`;
  const response = await fetch(base + target, {
    method: 'POST',
    headers: {
      ...{
        'content-type': 'application/json',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
      },
      'mcp-name': encoded,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } }),
  });
  await response.text();
}

/** Changes the file as somebody does who has access to it. */
async function tamper(sql: string): Promise<void> {
  const { createRequire } = await import('node:module');
  const Database = createRequire(path.join(import.meta.dirname, '../../../gateway/package.json'))('libsql');
  const database = new Database(at('trail.db'));
  database.exec(sql);
  database.close();
}

describe('switchyard audit verify', () => {
  it('finds an untouched trail whole', async () => {
    const config = await recorded();
    const { out, failure } = await audit(
      'verify',
      config,
      '--key',
      at('audit.pub'),
      '--anchors',
      at('anchors.jsonl'),
    );
    expect(failure).toBeUndefined();
    expect(out.at(-1)).toMatch(/^\d+ records in 1 chain: whole$/);
  });

  it('names the record that was changed, removed, or cut off, and exits 1', async () => {
    const config = await recorded();
    const verify = () => audit('verify', config, '--key', at('audit.pub'), '--anchors', at('anchors.jsonl'));
    await tamper(
      `UPDATE audit SET body = replace(body, '"name":"add"', '"name":"sub"') WHERE body LIKE '%"name":"add"%' AND body LIKE '%"request"%'`,
    );
    const changed = await verify();
    expect(changed.out[0]).toMatch(/^FAULT .* 2: record 2 was changed$/);
    expect(changed.failure).toBe('The trail is not whole: 1 fault.');
    await tamper('DELETE FROM audit WHERE seq = 2');
    expect((await verify()).out[0]).toMatch(/record 2 is missing$/);
    await tamper('DELETE FROM audit WHERE seq > 3');
    expect((await verify()).out.join('\n')).toMatch(/are missing from the end; an anchor of/);
    const json = await audit('verify', config, '--json');
    expect(JSON.parse(json.out[0] ?? '')).toMatchObject({ ok: false });
    expect(process.exitCode).toBe(1);
  });

  it('says plainly what it cannot read', async () => {
    writeFileSync(at('x.jsonl'), '{}\n');
    expect((await audit('verify', at('x.jsonl'))).failure).toMatch(
      /x\.jsonl:1: it is not a line of an export/,
    );
    expect((await audit('verify', at('none.db'))).failure).toMatch(/^There is no file/);
    writeFileSync(at('g.yaml'), 'servers: { s: { replicas: [http://h/] } }');
    expect((await audit('verify', at('g.yaml'))).failure).toMatch(
      /has no "store": its gateway keeps no trail/,
    );
  });
});

describe('switchyard audit query and export', () => {
  it('shows records to people, one a line, and lets nothing of a caller act on the terminal', async () => {
    const config = await recorded();
    const { out } = await audit('query', config, '--method', 'tools/call', '--event', 'request', '--oldest');
    expect(out).toHaveLength(2);
    expect(out[0]).toMatch(
      /^\S+Z {2}request {2}127\.0\.0\.1 {2}tools\/call add {2}s {2}200 complete {2}[\d.]+ ms$/,
    );
    expect(out[1]).toContain('wipe?[2J');
    const refused = await audit('query', config, '--refused-for', 'no-such-path', '--json');
    expect(JSON.parse(refused.out[0] ?? '')).toMatchObject({
      record: { event: 'turned-away', what: { path: '/nowhere' } },
    });
  });

  it('exports what can be verified elsewhere, and later only what is new', async () => {
    const config = await recorded();
    const first = await audit('export', config, '--cursor', at('cursor'));
    writeFileSync(at('trail.jsonl'), first.out.join('\n'));
    expect((await audit('verify', at('trail.jsonl'), '--key', at('audit.pub'))).failure).toBeUndefined();
    expect((await audit('export', config, '--cursor', at('cursor'))).out).toEqual([]);
    expect((await audit('export', config, '--format', 'cef')).out[0]).toMatch(
      /^CEF:0\|Switchyard\|Gateway\|/,
    );
  });

  it('posts OTLP logs to a collector', async () => {
    const config = await recorded();
    const got: string[] = [];
    const collector = http.createServer((req, res) => {
      const chunks: Buffer[] = [];
      req.on('data', (chunk: Buffer) => chunks.push(chunk));
      req.on('end', () => {
        got.push(Buffer.concat(chunks).toString());
        res.writeHead(got.length > 1 ? 500 : 200).end();
      });
    });
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
    onTestFinished(() => void collector.close());
    const to = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/v1/logs`; // it listens on TCP
    expect((await audit('export', config, '--format', 'otlp', '--to', to)).failure).toBeUndefined();
    expect(JSON.parse(got[0] ?? '').resourceLogs[0].scopeLogs[0].logRecords.length).toBeGreaterThan(3);
    expect((await audit('export', config, '--to', to)).failure).toMatch(/answered 500\.$/);
  });
});

describe('switchyard audit prune', () => {
  it('leaves what can be verified', async () => {
    const config = await recorded();
    const { out } = await audit('prune', config, '--before', String(Date.now() + 1000));
    expect(out[0]).toMatch(/^[1-9]\d* records removed$/);
    expect((await audit('verify', config, '--key', at('audit.pub'))).failure).toBeUndefined();
  });

  it('says which chains it could not shorten, and why', async () => {
    const config = await recorded();
    const { default: Database } = await import('libsql');
    const database = new Database(at('trail.db'));
    database.exec("CREATE TRIGGER kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'kept by law'); END");
    database.close();
    const { out, failure } = await audit('prune', config, '--before', String(Date.now() + 1000));
    expect(out).toEqual(['0 records removed']);
    expect(failure).toMatch(/^not removed from 1 of the chains:\n {2}\S+: The store does not take it/);
  });
});

describe('switchyard audit key', () => {
  it('makes a key that only its owner can read, and overwrites none', async () => {
    expect((await audit('key', at('k'))).failure).toBeUndefined();
    expect(statSync(at('k.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(at('k.pub'), 'utf8')).toContain('PUBLIC KEY');
    expect((await audit('key', at('k'))).failure).toMatch(/k\.key is there already/);
    expect(existsSync(at('k.key.new'))).toBe(false);
  });
});
