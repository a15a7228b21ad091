import net from 'node:net';
import { describe, it, onTestFinished } from 'vitest';
import { inFront, numbered } from '../test/cacheable.ts';
import { bodyOf, headersFor } from '../test/federation.ts';
import { until } from '../test/until.ts';

const MEBIBYTE = 1024 * 1024;

/** Sends a request and reads nothing of the answer. */
async function askUnread(port: number): Promise<void> {
  const body = bodyOf('tools/list', {});
  const headers = { ...headersFor('tools/list', {}), 'content-length': String(Buffer.byteLength(body)) };
  const lines = [
    ...['POST /mcp HTTP/1.1', 'host: 127.0.0.1', 'content-type: application/json'],
    ...['accept: application/json, text/event-stream', 'mcp-protocol-version: 2026-07-28'],
    ...Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])),
  ];
  const socket = net.connect({
    port,
    host: '127.0.0.1',
    onread: { buffer: Buffer.alloc(1), callback: () => false },
  });
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

describe('a caller that does not read its answer', () => {
  it('is cut off, so that it does not keep the place of others', async () => {
    const up = await numbered({ pad: 'x'.repeat(15 * MEBIBYTE) });
    const limits = { requestTime: '1s', headerTime: '1s' };
    const { port, gateway } = await inFront(up, { rest: { limits } });
    for (let i = 0; i < 5; i++) await askUnread(port);
    await until(() => gateway.stats().inFlight === 5);
    await until(() => gateway.stats().inFlight === 0);
  });
});
