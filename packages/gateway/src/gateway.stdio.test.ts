import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { META, SseDecoder } from '@switchyard/wire';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Answer, type Call, open, post, request, startGateway, VERSION } from '../test/support.ts';
import type { GatewayOptions, ServerConfig, StdioConfig } from './index.ts';

const SCRIPT = fileURLToPath(new URL('../test/stdio-server.mjs', import.meta.url));

/** A file that the process notes its life in. */
function ledger(): { readonly file: string; lines(): string[] } {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-stdio-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'ledger');
  writeFileSync(file, '');
  return { file, lines: () => readFileSync(file, 'utf8').split('\n').filter(Boolean) };
}

interface Setting {
  readonly stdio?: Partial<StdioConfig>;
  readonly env?: Readonly<Record<string, string>>;
  readonly server?: Partial<ServerConfig>;
  readonly options?: GatewayOptions;
}

async function started({ stdio = {}, env = {}, server = {}, options = {} }: Setting = {}) {
  const { file, lines } = ledger();
  const given = { LEDGER: file, ...env };
  const references = Object.fromEntries(Object.keys(given).map((name) => [name, { env: name }]));
  const full: StdioConfig = {
    command: process.execPath,
    args: [SCRIPT],
    grace: '300ms',
    ...stdio,
    env: references,
  };
  const servers = { s: { path: '/mcp', retries: 0, ...server, stdio: full } };
  const running = await startGateway({ servers }, { env: given, ...options });
  const count = (what: string) => lines().filter((line) => line.startsWith(what)).length;
  return { ...running, lines, count };
}

/** Calls a tool, with everything that the revision asks for. */
function call(
  url: string,
  name: string,
  { meta = {}, id = 1, ...rest }: Call & { meta?: object } = {},
): Promise<Answer> {
  return post(url, { name, ...callOf(name, meta, id), ...rest });
}

function callOf(name: string, meta: object = {}, id: number | string = 1): Call {
  const _meta = { [META.protocolVersion]: VERSION, [META.clientCapabilities]: {}, ...meta };
  return {
    name,
    body: JSON.stringify({
      jsonrpc: '2.0',
      id,
      method: 'tools/call',
      params: { name, arguments: { a: 1 }, _meta },
    }),
  };
}

function messagesOf(text: string): { method?: string; params?: Record<string, unknown>; id?: unknown }[] {
  const decoder = new SseDecoder({ maxEventBytes: 1_000_000 });
  return decoder.push(Buffer.from(text)).map(({ data }) => JSON.parse(data));
}

const loggingFor = (whose: string) => ({ [META.logLevel]: 'debug', 'com.example/whose': whose });

/** What a caller who wants log messages hears while a tool is called for it that sends one. */
async function logged(url: string, whose: string): Promise<readonly unknown[]> {
  const { text } = await call(url, 'log', { meta: loggingFor(whose) });
  return messagesOf(text).flatMap(({ method, params }) =>
    method === 'notifications/message' ? [params?.['data']] : [],
  );
}

const alive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a server that is a process', () => {
  it('is started when it is first needed, and answers as if it were reached over HTTP', async () => {
    const { url, count } = await started();
    expect(count('start')).toBe(0);
    const { status, headers, json } = await call(url, 'echo', { id: 42 });
    expect([status, headers['content-type'], json.id]).toEqual([200, 'application/json', 42]);
    expect(json.result.params).toMatchObject({ name: 'echo', arguments: { a: 1 } });
    await call(url, 'echo');
    expect(count('start')).toBe(1);
  });

  it('is asked many things at once, and each gets its own answer, whatever ids callers use', async () => {
    const { url } = await started();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        post(url, callOf('slow', { 'com.example/n': i }, i % 2 === 0 ? 7 : 'same')),
      ),
    );
    for (const [i, { json }] of answers.entries()) {
      expect(json.id).toBe(i % 2 === 0 ? 7 : 'same');
      expect(json.result.params._meta['com.example/n']).toBe(i);
    }
  });

  it('answers with a stream where there is progress, under the caller’s own token', async () => {
    const { url } = await started();
    const { headers, text } = await call(url, 'progress', { meta: { progressToken: 'mine' }, id: 5 });
    expect(headers['content-type']).toBe('text/event-stream');
    const messages = messagesOf(text);
    expect(messages.map(({ method, params, id }) => method ?? params ?? id)).toHaveLength(3);
    expect(messages.slice(0, 2).map(({ params }) => params?.['progressToken'])).toEqual(['mine', 'mine']);
    expect(messages[2]?.id).toBe(5);
  });

  it('is listened to, under the caller’s own id', async () => {
    const { url } = await started();
    const _meta = { [META.protocolVersion]: VERSION, [META.clientCapabilities]: {} };
    const params = { notifications: { toolsListChanged: true }, _meta };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 'sub', method: 'subscriptions/listen', params });
    const res = await open(url, { method: 'subscriptions/listen', body });
    let text = '';
    res.setEncoding('utf8').on('data', (part: string) => (text += part));
    res.on('error', () => {});
    await vi.waitFor(() => expect(messagesOf(text)).toHaveLength(1));
    await call(url, 'change');
    await vi.waitFor(() => expect(messagesOf(text)).toHaveLength(2));
    for (const { params: got } of messagesOf(text))
      expect(got?.['_meta']).toMatchObject({ [META.subscriptionId]: 'sub' });
    res.destroy();
  });

  it('is heard logging by the caller whose call it is, and by nobody where it may be another’s', async () => {
    const { url, count, events } = await started();
    expect(await logged(url, 'ann')).toEqual(['ann']);
    const held = call(url, 'hold', { meta: loggingFor('ann') });
    await vi.waitFor(() => expect(count('call hold')).toBe(1));
    expect([await logged(url, 'bob'), await logged(url, 'bob')]).toEqual([[], []]);
    await call(url, 'release');
    expect((await held).text).not.toContain('bob');
    expect(await logged(url, 'bob')).toEqual(['bob']);
    const said = events.filter((event) => event.type === 'process-said' && /log messages/i.test(event.text));
    expect(said).toHaveLength(1);
  });

  it('may go on logging for a caller that has left, whom nobody else hears', async () => {
    const { url, count, lines } = await started();
    const left = callOf('hold', loggingFor('ann'));
    const leaving = request(url, left);
    leaving.on('error', () => {});
    leaving.end(left.body);
    await vi.waitFor(() => expect(count('call hold')).toBe(1));
    leaving.destroy();
    await vi.waitFor(() => expect(lines()).toContain('cancelled true'));
    expect(await logged(url, 'bob')).toEqual([]);
    await call(url, 'release');
    expect(await logged(url, 'bob')).toEqual(['bob']);
  });

  it('gets the HTTP status that errors have, and nothing whose headers say something else', async () => {
    const { url, count } = await started();
    expect((await call(url, 'fail')).json.error.code).toBe(-32602);
    const _meta = { [META.protocolVersion]: VERSION, [META.clientCapabilities]: {} };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'unknown/method', params: { _meta } });
    expect((await post(url, { method: 'unknown/method', body })).status).toBe(404);
    const disguised = await post(url, { ...callOf('die'), name: 'echo' });
    expect([disguised.status, disguised.json.error.code]).toEqual([400, -32020]);
    expect(count('call die')).toBe(0);
  });

  it('shares the requests with other instances of it', async () => {
    const { url, count } = await started({ stdio: { instances: 3 } });
    const answers = await Promise.all(Array.from({ length: 9 }, () => call(url, 'echo')));
    expect(new Set(answers.map(({ json }) => json.result.pid)).size).toBe(3);
    expect(count('start')).toBe(3);
  });

  it('gets the variables that it is given, and none of the gateway’s own beside what programs need', async () => {
    vi.stubEnv('PLANTED', 'planted-in-the-gateway');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { url, events } = await started({ env: { SECRET: 's3cret' } });
    const { json } = await call(url, 'echo');
    expect([json.result.secret, json.result.planted]).toEqual(['s3cret', 'none']);
    expect(JSON.stringify(events)).not.toContain('s3cret');
  });

  it('hears that a caller has left', async () => {
    const { url, lines } = await started();
    const leaving = new AbortController();
    const headers = {
      'content-type': 'application/json',
      'mcp-protocol-version': VERSION,
      'mcp-method': 'tools/call',
      'mcp-name': 'silent',
    };
    const body = String(callOf('silent').body);
    const asked = fetch(`${url}/mcp`, { method: 'POST', headers, body, signal: leaving.signal });
    await vi.waitFor(() => expect(lines()).toContain('call silent'));
    leaving.abort();
    await asked.catch(() => undefined);
    await vi.waitFor(() => expect(lines()).toContain('cancelled true'));
    expect((await call(url, 'echo')).status).toBe(200);
  });
});

describe('a process that misbehaves', () => {
  it('and ends costs what was under way, which is not sent again, and is started anew', async () => {
    let now = 0;
    const { url, events, count } = await started({ server: { retries: 2 }, options: { now: () => now } });
    const silent = call(url, 'silent');
    await vi.waitFor(() => expect(count('call silent')).toBe(1));
    const [{ status, json }] = await Promise.all([call(url, 'die'), silent]);
    expect([status, json.error.data]).toEqual([
      502,
      { source: 'gateway', reason: 'upstream-lost', mayHaveRun: true },
    ]);
    expect((await silent).status).toBe(502);
    expect(count('call')).toBe(2);
    await vi.waitFor(() => expect(events).toContainEqual(expect.objectContaining({ type: 'process-ended' })));
    now += 1000;
    expect((await call(url, 'echo')).status).toBe(200);
    expect(count('start')).toBe(2);
  });

  it('costs nothing to what may run twice where there is another', async () => {
    const { url, count } = await started({ stdio: { instances: 2 }, server: { retries: 2 } });
    await Promise.all([call(url, 'echo'), call(url, 'echo')]);
    expect(count('start')).toBe(2);
    await call(url, 'die');
    for (let i = 0; i < 4; i++) expect((await call(url, 'echo')).status).toBe(200);
  });

  it('and ends at once is started again only after pauses that grow; until then nothing is sent', async () => {
    let now = 0;
    const { url, events, count } = await started({ env: { DEAD: '1' }, options: { now: () => now } });
    const ended = () => events.filter(({ type }) => type === 'process-ended');
    for (let i = 1; i <= 4; i++) {
      await call(url, 'echo');
      await vi.waitFor(() => expect(ended()).toHaveLength(i));
      const { status, json } = await call(url, 'echo');
      expect([status, json.error.data]).toEqual([
        503,
        { source: 'gateway', reason: 'no-replica', mayHaveRun: false },
      ]);
      expect(count('start')).toBe(i);
      now += 10_000;
    }
    expect(ended()).toMatchObject([50, 100, 200, 400].map((pauseMs) => ({ pauseMs })));
  });

  it('and cannot be started is said to have run nothing', async () => {
    const { url } = await started({ stdio: { command: '/nowhere/at-all' } });
    const { status, json } = await call(url, 'echo');
    expect([status, json.error.data.reason, json.error.data.mayHaveRun]).toEqual([503, 'no-replica', false]);
  });

  it('and writes without end is ended', async () => {
    const { url, count } = await started({ stdio: { message: '64KiB' } });
    expect((await call(url, 'flood')).status).toBe(502);
    await vi.waitFor(async () => expect((await call(url, 'echo')).status).toBe(200), { timeout: 5000 });
    expect(count('start')).toBe(2);
  });

  it('and writes what is no message goes on', async () => {
    const { url, events } = await started();
    expect((await call(url, 'garbage')).status).toBe(200);
    await vi.waitFor(() => expect(events.map(({ type }) => type)).toContain('process-said'));
  });

  it('and says too much on stderr is heard in part', async () => {
    const { url, events } = await started();
    await call(url, 'shout');
    const said = () => events.filter((event) => event.type === 'process-said');
    await vi.waitFor(() => expect(said().length).toBeGreaterThanOrEqual(20));
    expect(said().length).toBeLessThanOrEqual(45);
    expect(said()[0]?.text).toHaveLength(500);
  });
});

describe('the end of a process', () => {
  it('comes with the end of its input where it is told nothing else', async () => {
    const { url, gateway, lines } = await started();
    const { json } = await call(url, 'echo');
    await gateway.close({ timeoutMs: 0 });
    expect(lines()).toContain('end of input');
    expect(lines()).not.toContain('told to stop');
    expect(alive(json.result.pid)).toBe(false);
  });

  it('is asked for where it outlives its input', async () => {
    const { url, gateway, lines } = await started({ env: { STUBBORN: '1' } });
    const { json } = await call(url, 'echo');
    await gateway.close({ timeoutMs: 0 });
    expect(lines()).toContain('told to stop');
    expect(alive(json.result.pid)).toBe(false);
  });

  it('comes with that of the gateway, however that ends: no orphan is left', async () => {
    const { file, lines } = ledger();
    const code = `
      import { createGateway } from '@switchyard/gateway';
      const stdio = { command: process.execPath, args: [${JSON.stringify(SCRIPT)}], env: { LEDGER: { env: 'LEDGER' } } };
      const gateway = createGateway({ listen: { port: 0 }, servers: { s: { path: '/mcp', stdio } } });
      console.log((await gateway.listen()).url);`;
    const cwd = path.dirname(SCRIPT);
    const args = ['--input-type=module', '-e', code];
    const gateway = spawn(process.execPath, args, { cwd, env: { ...process.env, LEDGER: file } });
    onTestFinished(() => void gateway.kill('SIGKILL'));
    const url = await new Promise<string>((resolve) =>
      gateway.stdout.once('data', (text) => resolve(String(text).trim())),
    );
    const { json } = await call(url, 'echo');
    expect(alive(json.result.pid)).toBe(true);
    gateway.kill('SIGKILL');
    await vi.waitFor(() => expect(alive(json.result.pid)).toBe(false), { timeout: 5000 });
    expect(lines()).toContain('end of input');
  });
});

describe('the configuration of a process', () => {
  it.each<[object, string]>([
    [
      { stdio: { command: 'x' }, replicas: ['http://h/'] },
      'servers.s.replicas is for servers that are reached over HTTP',
    ],
    [
      { stdio: { command: 'x' }, credentials: { secret: { env: 'A' } } },
      'servers.s.credentials is for servers',
    ],
    [{ stdio: { command: 'x', env: { A: 'literal' } } }, 'a secret by reference'],
    [{ stdio: {} }, 'needs the key "command"'],
    [{}, 'needs the key "replicas" or "stdio"'],
  ])('is refused: %j', async (server, message) => {
    await expect(startGateway({ servers: { s: server as ServerConfig } })).rejects.toThrow(message);
  });
});

describe('a process that the system will not start', () => {
  it('costs its callers an answer that says so, and the gateway nothing', async () => {
    // Larger than what Linux takes: the call itself fails, before there is a process that could.
    const { url, events } = await started({ env: { HUGE: 'x'.repeat(4 * 1024 * 1024) } });
    for (let i = 0; i < 2; i++) {
      const { status, json } = await call(url, 'echo');
      expect([status, json.error.data.reason]).toEqual([503, 'no-replica']);
    }
    expect(events.map(({ type }) => type)).not.toContain('failed');
  });
});
