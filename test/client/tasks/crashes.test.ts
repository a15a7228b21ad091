import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { cleanUp, type Running, startNode } from '../../start/support/command.ts';

// Built packages run here, in processes of their own: `npm test` builds before it tests.
const at = (name: string): string => path.join(import.meta.dirname, name);

afterEach(cleanUp);

it('a task outlives the instance that works on it and the client that follows it; nothing is asked twice [TASK-24] [TASK-40]', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'switchyard-follow-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = path.join(folder, 'log');
  writeFileSync(log, '');
  const instances = [0, 1, 2].map(() => startNode([at('instance.mjs'), path.join(folder, 'tasks.db'), log]));
  const ports = await Promise.all(instances.map(async (one) => Number((await one.says(/(\d+)\n/))[1])));
  const url = await balance(ports);

  const first = startNode([at('follower.mjs'), url]);
  await first.says(/asked For whom\?/);
  const [, reference = ''] = await first.says(/reference (\S+)\n/);
  await expect.poll(() => readFileSync(log, 'utf8')).toContain('row 2');
  first.signal('SIGKILL');
  // One after the other, until the one that had the task is among them.
  await kill(instances[0]);
  await kill(instances[1]);

  const second = startNode([at('follower.mjs'), url, reference]);
  await second.says(/result imported for Ann/);
  expect(await second.ended).toBe(0);
  expect(`${first.out()}${second.out()}`.match(/asked/g)).toHaveLength(1);
  const rows = readFileSync(log, 'utf8').trim().split('\n');
  expect(new Set(rows)).toEqual(new Set(Array.from({ length: 12 }, (_, row) => `row ${row + 1}`)));
  // A step whose worker died in it may have been done again, and no other.
  expect(rows.length - 12).toBeLessThanOrEqual(2);
});

/** A plain round robin over ports; a request that reaches nobody goes to the next. */
async function balance(ports: readonly number[]): Promise<string> {
  let turn = 0;
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => send(ports.length));
    const send = (tries: number): void => {
      const port = ports[turn++ % ports.length];
      const { method = 'POST', url = '/', headers } = request;
      const onward = forward({ port, host: '127.0.0.1', method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.on('error', () => response.destroy());
      });
      onward.on('error', () => {
        if (response.headersSent || tries <= 1) response.destroy();
        else send(tries - 1);
      });
      response.on('close', () => onward.destroy());
      onward.end(Buffer.concat(chunks));
    };
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  // A server that listens on TCP has an address of this kind.
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`;
}

async function kill(instance: Running | undefined): Promise<void> {
  instance?.signal('SIGKILL');
  await instance?.ended;
}
