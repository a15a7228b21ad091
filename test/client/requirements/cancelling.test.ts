import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClientOptions } from '@switchyard/client';
import { ClientError, createClient } from '@switchyard/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeClock, type Script, scripted, turns } from '../scripted.ts';
import { HTTP_LINKS } from './recorder.ts';

const DONE = { content: [] };
const NEVER: Script = ({ wire }) =>
  new Promise((_, reject) => {
    const give = () => {
      const reason: unknown = wire.signal?.reason;
      reject(reason instanceof ClientError ? reason : new ClientError('aborted', 'The call was aborted.'));
    };
    wire.signal?.addEventListener('abort', give, { once: true });
  });

function setUp(script: Script, options: Omit<ClientOptions, 'link'> = {}) {
  const environment = new FakeClock();
  const { link, received } = scripted(script);
  const client = createClient({ link, environment, ...options });
  return { client, received, environment };
}

describe('a request', () => {
  it('has a time limit, after which it is cancelled and no longer waited for [CANCEL-018] [CANCEL-019] [TOOL-027]', async () => {
    const { client, received, environment } = setUp(NEVER, { timeouts: { retries: 0 } });
    const calls = [client.callTool('t'), client.listTools(), client.getPrompt('p'), client.request('x/y')];
    const late = Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ code: 'timeout' })));
    await environment.pass(59_999);
    expect(received.every(({ wire }) => wire.signal?.aborted === false)).toBe(true);
    await environment.pass(1);
    await late;
    expect(received).toHaveLength(4);
    expect(received.every(({ wire }) => wire.signal?.aborted === true)).toBe(true);
    expect(environment.timers).toBe(0);
  });

  it('may have a time limit of its own, or none [CANCEL-018] [CANCEL-020]', async () => {
    const { client, environment } = setUp(NEVER, { timeouts: { retries: 0 } });
    const short = expect(client.callTool('t', {}, { timeoutMs: 5 })).rejects.toMatchObject({
      code: 'timeout',
    });
    let over = false;
    const controller = new AbortController();
    const options = { timeoutMs: 0, totalTimeoutMs: 0, signal: controller.signal };
    const endless = client.callTool('t', {}, options).finally(() => {
      over = true;
    });
    const aborted = expect(endless).rejects.toMatchObject({ code: 'aborted' });
    await environment.pass(5);
    await short;
    await environment.pass(24 * 3_600_000);
    expect(over).toBe(false);
    controller.abort();
    await aborted;
  });

  it('has a maximum time, whatever progress it makes [CANCEL-021]', async () => {
    const { client, received, environment } = setUp(NEVER, { timeouts: { retries: 0 } });
    const call = client.callTool('t', {}, { onProgress: () => undefined });
    const late = expect(call).rejects.toMatchObject({ code: 'timeout' });
    for (let minutes = 0; minutes < 5; minutes += 0.5) {
      await environment.pass(30_000);
      const { id, notify } = received[0]?.wire ?? {};
      const params = { progressToken: id, progress: minutes };
      notify?.({ jsonrpc: '2.0', method: 'notifications/progress', params });
    }
    await late;
    expect(received).toHaveLength(1);
  });

  it('that is answered and given up at the same time does no harm [CANCEL-024]', async () => {
    for (const abortFirst of [true, false]) {
      const controller = new AbortController();
      let finish: (result: object) => void = () => undefined;
      const { client } = setUp(({ params }) =>
        params['name'] === 'next'
          ? DONE
          : new Promise((resolve) => {
              finish = (result) => resolve({ ...result });
            }),
      );
      const outcome = client.callTool('t', {}, { signal: controller.signal }).then(
        () => 'answered',
        (error: { code: unknown }) => error.code,
      );
      await turns();
      if (abortFirst) controller.abort();
      finish(DONE);
      if (!abortFirst) controller.abort();
      expect(['answered', 'aborted']).toContain(await outcome);
      expect(await client.callTool('next')).toMatchObject(DONE);
    }
  });
});

describe('progress', () => {
  it('is heard by who asked for it, while the request is open [PROG-011]', async () => {
    const reports: ((token: unknown, progress: number) => void)[] = [];
    const finish: (() => void)[] = [];
    const { client, received } = setUp(
      ({ wire }) =>
        new Promise((resolve) => {
          reports.push((progressToken, progress) =>
            wire.notify?.({
              jsonrpc: '2.0',
              method: 'notifications/progress',
              params: { progressToken, progress },
            }),
          );
          finish.push(() => resolve(DONE));
        }),
    );
    const heard: [string, number][] = [];
    const call = (name: string) =>
      client.callTool(name, {}, { onProgress: ({ progress }) => heard.push([name, progress]) });
    const both = [call('a'), call('b')];
    await turns();
    const [a, b] = received.map(({ wire }) => wire.id);
    reports[0]?.(a, 1);
    reports[0]?.(b, 2);
    reports[1]?.(b, 3);
    reports[1]?.('b', 4);
    finish.map((end) => end());
    await Promise.all(both);
    expect(heard).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
  });

  it.each(HTTP_LINKS)(
    'in a flood keeps no other call waiting, and is not hoarded: %s [PROG-012]',
    async (_, dial) => {
      const http = createServer((req, res) => {
        let text = '';
        req.on('data', (chunk) => {
          text += chunk;
        });
        req.on('end', () => {
          const { id, params } = JSON.parse(text);
          const result = { jsonrpc: '2.0', id, result: { resultType: 'complete', content: [] } };
          if (params.name === 'quick') {
            res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
            return;
          }
          res.writeHead(200, { 'content-type': 'text/event-stream' });
          const method = 'notifications/progress';
          let sent = 0;
          const flood = (): void => {
            for (let i = 0; i < 200 && sent < 20_000; i += 1) {
              sent += 1;
              const note = { jsonrpc: '2.0', method, params: { progressToken: id, progress: sent } };
              res.write(`data: ${JSON.stringify(note)}\n\n`);
            }
            if (sent < 20_000) setImmediate(flood);
            else res.end(`data: ${JSON.stringify(result)}\n\n`);
          };
          flood();
        });
      });
      await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
      const { port } = http.address() as AddressInfo; // it listens on a port
      const client = createClient({ link: dial(`http://127.0.0.1:${port}/mcp`) });
      onTestFinished(async () => {
        await client.close();
        http.closeAllConnections();
        await new Promise((resolve) => http.close(resolve));
      });
      let heard = 0;
      let begin: () => void = () => undefined;
      const begun = new Promise<void>((resolve) => {
        begin = resolve;
      });
      const onProgress = (): void => {
        heard += 1;
        begin();
      };
      const flooded = client.callTool('flood', {}, { onProgress });
      await begun;
      await client.callTool('quick');
      expect(heard).toBeLessThan(20_000);
      await flooded;
      expect(heard).toBe(20_000);
    },
  );
});
