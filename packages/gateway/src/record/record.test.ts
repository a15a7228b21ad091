import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeHeaderValue } from '@switchyard/wire';
import { describe, expect, it, onTestFinished } from 'vitest';
import { NO_POSTGRES, ownSchema } from '../../test/postgres.ts';
import { answering, gatewayTo, nowhere, post, type Running, upstream } from '../../test/support.ts';
import { until } from '../../test/until.ts';
import type { GatewayConfig } from '../config/config.ts';
import { secretsFrom } from '../config/secret.ts';
import { mintApiKey } from '../identify/mint-key.ts';
import { openStore } from '../store/hold-store.ts';
import type { AuditRow } from '../store/store.ts';
import { checkerOf, hashOf, NOTHING_BEFORE } from './chain.ts';

// biome-ignore lint/suspicious/noExplicitAny: whatever a test looks for in a record.
type Entry = any;

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'switchyard-audit-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Closes the gateway and reads what it has put on record. */
async function recordOf({ gateway }: Pick<Running, 'gateway'>, file: string): Promise<readonly AuditRow[]> {
  await gateway.close({ timeoutMs: 100 });
  return rowsIn(file);
}

async function rowsIn(file: string): Promise<readonly AuditRow[]> {
  const secrets = secretsFrom({ env: {}, log: () => {} });
  const store = openStore({ kind: 'sqlite', file }, { clock: Date.now, secrets });
  const chains = await store.audit.chains();
  const rows = await Promise.all(chains.map((chain) => store.audit.read(chain, 0, 10_000)));
  await store.close();
  return rows.flat();
}

const entries = (rows: readonly AuditRow[]): Entry[] => rows.map(({ body }) => JSON.parse(body));
const requests = (rows: readonly AuditRow[]): Entry[] =>
  entries(rows).filter(({ event }: Entry) => event === 'request');

async function audited(
  replicas: readonly string[],
  audit: GatewayConfig['audit'] = {},
  rest: Partial<GatewayConfig> = {},
): Promise<Running & { readonly file: string }> {
  const file = path.join(folder(), 'audit.db');
  const running = await gatewayTo(replicas, {}, { store: `sqlite:${file}`, audit, ...rest });
  return { ...running, file };
}

describe('the record', () => {
  it('has every call: who, what, which replica, what came of it, and digests of both bodies', async () => {
    const { url } = await upstream(answering());
    const running = await audited([url]);
    const answer = await post(running.url, { name: 'add', id: 7 });
    const rows = await recordOf(running, running.file);
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(entries(rows).map(({ event }: Entry) => event)).toEqual([
      'start',
      'request',
      'stop',
      'checkpoint',
    ]);
    const [entry] = requests(rows);
    expect(entry).toMatchObject({
      v: 1,
      who: { by: 'nobody', address: '127.0.0.1' },
      what: { method: 'tools/call', name: 'add', door: 's', path: '/mcp' },
      server: { name: 's', replica: url },
      outcome: { status: 200, complete: true, result: 'complete' },
    });
    const { createHash } = await import('node:crypto');
    const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
    expect(entry.response).toEqual({ bytes: Buffer.byteLength(answer.text), sha256: sha256(answer.text) });
    const sent = JSON.stringify({
      jsonrpc: '2.0',
      id: 7,
      method: 'tools/call',
      params: { name: 'add', arguments: {} },
    });
    expect(entry.request).toEqual({ bytes: sent.length, sha256: sha256(sent) });
    expect(entry.ms).toBeGreaterThan(0);
  });

  it('is a chain: each record has the hash of the one before', async () => {
    const { url } = await upstream(answering());
    const running = await audited([url]);
    for (let i = 0; i < 5; i++) await post(running.url);
    const rows = await recordOf(running, running.file);
    let prev = NOTHING_BEFORE;
    for (const row of rows) {
      expect([row.prev, row.hash]).toEqual([prev, hashOf(row)]);
      prev = row.hash;
    }
  });

  it('has what was refused, and what was not even let in', async () => {
    const running = await audited([await nowhere()], {}, { limits: { body: '1KiB' } });
    await post(running.url);
    await post(running.url, { headers: { host: 'evil.example' } });
    await post(running.url, { path: '/no-such?key=planted' });
    const rows = await recordOf(running, running.file);
    expect(requests(rows)[0].outcome).toEqual({ status: 503, complete: true, refusedFor: 'no-replica' });
    const away = entries(rows).filter(({ event }: Entry) => event === 'turned-away');
    expect(away).toMatchObject([
      {
        what: { host: 'evil.example', method: 'tools/call' },
        outcome: { status: 403, refusedFor: 'host-not-allowed' },
      },
      { what: { path: '/no-such' }, outcome: { status: 404, refusedFor: 'no-such-path' } },
    ]);
    expect(JSON.stringify(rows)).not.toContain('planted');
  });

  it('has denials with the rule that denied', async () => {
    const { url } = await upstream(answering());
    const policy: GatewayConfig['policy'] = {
      default: 'allow',
      rules: [{ name: 'no-wiping', effect: 'deny', when: 'tool.name == "wipe"' }],
    };
    const running = await audited([url], {}, { policy });
    await post(running.url, { name: 'wipe' });
    const [entry] = requests(await recordOf(running, running.file));
    expect(entry.decisions).toContainEqual(
      expect.objectContaining({ stage: 'authorise', decision: 'denied', rule: 'no-wiping' }),
    );
    expect(entry.outcome.refusedFor).toBe('unknown-name');
  });

  it('says what tools say: failures, questions, errors, members of lists', async () => {
    const results: Record<string, unknown> = {
      bad: { result: { resultType: 'complete', isError: true, content: [] } },
      ask: { result: { resultType: 'input_required', inputRequests: {} } },
      odd: { error: { code: -32602, message: 'planted' } },
    };
    const { url } = await upstream((req, res) => {
      const name = String(req.headers['mcp-name']);
      const body = {
        jsonrpc: '2.0',
        id: 1,
        ...(results[name] ?? { result: { tools: [{ name: 'a' }, { name: 'b' }] } }),
      } as object;
      req.resume();
      req.on('end', () =>
        res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      );
    });
    const running = await audited([url]);
    for (const name of ['bad', 'ask', 'odd']) await post(running.url, { name });
    await post(running.url, { method: 'tools/list' });
    const rows = await recordOf(running, running.file);
    expect(requests(rows).map(({ outcome }: Entry) => outcome)).toEqual([
      { status: 200, complete: true, result: 'complete', isError: true },
      { status: 200, complete: true, result: 'input_required' },
      { status: 200, complete: true, result: 'error', code: -32602 },
      { status: 200, complete: true, listed: ['a', 'b'] },
    ]);
    expect(JSON.stringify(rows)).not.toContain('planted');
  });

  it('has contents only where asked for, with what is to be blacked out blacked out, and bounded', async () => {
    const { url } = await upstream(answering());
    const call = (extra: object) =>
      JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'add', arguments: extra },
      });
    const running = await audited([url], {
      ...{ contents: 'requests', contentBytes: '1KiB', redact: ['Password', '/params/arguments/card/*/no'] },
    });
    await post(running.url, {
      body: call({ a: { password: 'planted-1' }, card: [{ no: 'planted-2', kind: 'x' }] }),
    });
    await post(running.url, { body: call({ a: 'planted-3'.repeat(200) }) });
    const rows = await recordOf(running, running.file);
    const [first, second] = requests(rows);
    expect(first.request.content.params.arguments).toEqual({
      ...{ a: { password: '[redacted]' }, card: [{ no: '[redacted]', kind: 'x' }] },
    });
    expect(first.response.content).toBeUndefined();
    expect(second.request).toMatchObject({ omitted: 'too-large' });
    expect(JSON.stringify(rows)).not.toContain('planted');
  });

  it('goes on with the same chain after a reload, and with another after a restart, which names the first', async () => {
    const { url } = await upstream(answering());
    const first = await audited([url]);
    await post(first.url);
    first.gateway.reload({
      ...{ listen: { port: 0 }, store: `sqlite:${first.file}`, audit: { contents: 'all' } },
      servers: { s: { path: '/mcp', replicas: [url] } },
    });
    await post(first.url);
    const before = await recordOf(first, first.file);
    expect(new Set(before.map(({ chain }) => chain)).size).toBe(1);
    expect(requests(before).map(({ response }: Entry) => response.content === undefined)).toEqual([
      true,
      false,
    ]);
    const second = await gatewayTo([url], {}, { store: `sqlite:${first.file}`, audit: {} });
    await post(second.url);
    const after = await recordOf(second, first.file);
    const start = entries(after)
      .filter(({ event }: Entry) => event === 'start')
      .at(-1);
    const last = before.at(-1);
    const others = entries(after)
      .filter(({ event }: Entry) => event === 'start')
      .flatMap(({ others }: Entry) => others);
    expect(start).toBeDefined();
    expect(others).toEqual([[last?.chain, last?.seq, last?.hash]]);
  });

  it('is vouched for with a key, and anchored in a file', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { url } = await upstream(answering());
    const anchors = path.join(folder(), 'anchors.jsonl');
    const file = path.join(folder(), 'audit.db');
    const running = await gatewayTo(
      [url],
      {},
      {
        store: `sqlite:${file}`,
        audit: {
          checkpoint: {
            key: { file: keyFile(String(privateKey.export({ type: 'pkcs8', format: 'pem' }))) },
            every: 3,
            anchors,
          },
        },
      },
    );
    for (let i = 0; i < 10; i++) await post(running.url);
    await recordOf(running, file);
    const lines = readFileSync(anchors, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.length).toBeGreaterThanOrEqual(1);
    const checker = checkerOf(String(publicKey.export({ type: 'spki', format: 'pem' })));
    expect(lines.map((line) => checker.fault(line))).toEqual(lines.map(() => undefined));
    expect(checker.fault({ ...lines[0], seq: 1 })).toBe('has a signature that does not hold');
  });

  it('refuses what it cannot put on record, or loses and counts it, as configured', async () => {
    const { url } = await upstream(answering());
    const store = 'postgres://u@127.0.0.1:1/none';
    const denying = await gatewayTo([url], {}, { store, audit: {} });
    await until(async () => (await post(denying.url)).status === 503);
    const answer = await post(denying.url, { id: 5 });
    expect(answer.json).toMatchObject({
      id: 5,
      error: { data: { reason: 'audit-unavailable', mayHaveRun: false } },
    });
    expect(answer.headers['retry-after']).toBe('1');
    expect(denying.events).toContainEqual(expect.objectContaining({ type: 'audit-failing' }));
    const allowing = await gatewayTo([url], {}, { store, audit: { onLoss: 'allow', queue: 100 } });
    await until(() => allowing.events.some(({ type }) => type === 'audit-failing'));
    for (let i = 0; i < 120; i++) expect((await post(allowing.url)).status).toBe(200);
  });

  it('with writeAhead has the intent in the store before the server is asked', async () => {
    const file = path.join(folder(), 'audit.db');
    const seen: Entry[] = [];
    const { url } = await upstream(async (_, res) => {
      seen.push(...entries(await rowsIn(file)));
      res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    const running = await gatewayTo([url], {}, { store: `sqlite:${file}`, audit: { writeAhead: true } });
    await post(running.url, { name: 'add' });
    expect(seen.map(({ event, what }) => [event, what?.name])).toEqual([
      ['start', undefined],
      ['intent', 'add'],
    ]);
    const rows = entries(await recordOf(running, file));
    const [intent, request] = rows.filter(({ exchange }: Entry) => exchange !== undefined);
    expect([intent.event, request.event, intent.exchange]).toEqual(['intent', 'request', request.exchange]);
  });

  it('with writeAhead says who is about to do what, and has no intent of what is refused', async () => {
    const file = path.join(folder(), 'audit.db');
    const { url } = await upstream(answering());
    const { key, entry } = mintApiKey({ name: 'ann' });
    const running = await gatewayTo(
      [url],
      {},
      {
        store: `sqlite:${file}`,
        audit: { writeAhead: true },
        identify: { keys: [entry] },
        policy: {
          default: 'allow',
          rules: [{ name: 'no-drop', effect: 'deny', when: 'request.name == "drop"' }],
        },
      },
    );
    const headers = { authorization: `Bearer ${key}` };
    for (const name of ['add', 'drop']) await post(running.url, { name, headers });
    await post(running.url, { name: 'add' });
    const intents = entries(await recordOf(running, file)).filter(({ event }: Entry) => event === 'intent');
    expect(intents.map(({ who, what }: Entry) => [who?.subject, what?.name])).toEqual([['ann', 'add']]);
  });

  it('counts what is turned away beyond the bound', async () => {
    const { url } = await upstream(answering());
    const running = await audited([url], { turnedAway: 2 });
    await Promise.all(Array.from({ length: 40 }, () => post(running.url, { path: '/no-such' })));
    const all = entries(await recordOf(running, running.file));
    const one = all.filter(({ event }: Entry) => event === 'turned-away').length;
    const more = all
      .filter(({ event }: Entry) => event === 'turned-away-more')
      .reduce((sum: number, { requests: counted }: Entry) => sum + counted, 0);
    expect(one).toBeLessThanOrEqual(6);
    expect(one + more).toBe(40);
  });

  it('is kept in PostgreSQL by many gateways at once', async ({ skip }) => {
    const own = (await ownSchema()) ?? skip(NO_POSTGRES);
    const { url } = await upstream(answering());
    const store = { url: own.url, schema: own.schema };
    const gateways = await Promise.all([1, 2, 3].map(() => gatewayTo([url], {}, { store, audit: {} })));
    await Promise.all(
      gateways.flatMap((one) =>
        [1, 2, 3].map(() => post(one.url, { headers: { 'mcp-name': encodeHeaderValue('ü\u0000') } })),
      ),
    );
    await Promise.all(gateways.map(({ gateway }) => gateway.close({ timeoutMs: 100 })));
    const secrets = secretsFrom({ env: {}, log: () => {} });
    const opened = openStore(
      { kind: 'postgres', ...own, password: undefined, ca: undefined },
      { clock: Date.now, secrets },
    );
    const chains = await opened.audit.chains();
    expect(chains).toHaveLength(3);
    const rows = await Promise.all(chains.map((chain) => opened.audit.read(chain, 0, 100)));
    await opened.close();
    expect(rows.map((one) => requests(one).length)).toEqual([3, 3, 3]);
    expect(rows.flat().every((row) => row.hash === hashOf(row))).toBe(true);
  });
});

function keyFile(pem: string): string {
  const file = path.join(folder(), 'key.pem');
  writeFileSync(file, pem, { mode: 0o600 });
  return file;
}
