import net from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inFront, numbered } from '../test/cacheable.ts';
import { bodyOf, headersFor } from '../test/federation.ts';
import { gatewayTo, type Running, type Upstream, upstream } from '../test/support.ts';
import { until } from '../test/until.ts';
import type { ServerConfig } from './index.ts';

const MEBIBYTE = 1024 * 1024;

/** Sends that much of a request's body, and reads nothing of the answer. */
function sendPart(port: number, part: string, length: number): void {
  const headers = { ...headersFor('tools/list', {}), 'content-length': String(length) };
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
  socket.write(`${lines.join('\r\n')}\r\n\r\n${part}`);
}

/** Sends a request and reads nothing of the answer. */
function askUnread(port: number): void {
  const body = bodyOf('tools/list', {});
  sendPart(port, body, Buffer.byteLength(body));
}

/** A gateway in front of one replica that three failures would put out, and the circuit of its server with it. */
function patientWith(up: Upstream, timeouts: ServerConfig['timeouts'] = {}): Promise<Running> {
  const health = { failures: 3, eject: '1h', maxEject: '1h' };
  const circuit = { errors: 50, requests: 3, window: '1m', open: '1h' };
  return gatewayTo([up.url], { timeouts, health, circuit, retries: 0 }, { limits: { body: '32MiB' } });
}

/** What the gateway has come to think of the server's health. */
const thoughtOf = ({ gateway, events }: Running) => ({
  state: gateway.stats().servers[0]?.replicas[0]?.state,
  told: events.map((event) => (event.type === 'upstream-failed' ? event.why : event.type)),
});

describe('a caller that does not read its answer', () => {
  it('is cut off, so that it does not keep the place of others', async () => {
    const up = await numbered({ pad: 'x'.repeat(15 * MEBIBYTE) });
    const limits = { requestTime: '1s', headerTime: '1s' };
    const { port, gateway } = await inFront(up, { rest: { limits } });
    for (let i = 0; i < 5; i++) askUnread(port);
    await until(() => gateway.stats().inFlight === 5);
    await until(() => gateway.stats().inFlight === 0);
  });

  it('says nothing of the server that it was sent by', async () => {
    const up = await numbered({ pad: 'x'.repeat(15 * MEBIBYTE) });
    const running = await patientWith(up, { idle: '200ms' });
    for (let i = 0; i < 3; i++) askUnread(running.port);
    await until(() => running.gateway.stats().inFlight === 3);
    await until(() => running.gateway.stats().inFlight === 0);
    const why = 'broke off: the caller is too slow';
    expect(thoughtOf(running)).toEqual({ state: 'in', told: ['listening', why, why, why] });
  });
});

describe('a caller that does not send the rest of its request', () => {
  it('says nothing of the server that waits for it', async () => {
    const up = await upstream((req) => void req.resume());
    const running = await patientWith(up, { headers: '200ms' });
    for (let i = 0; i < 3; i++) sendPart(running.port, 'x'.repeat(100_000), 200_000);
    await until(() => running.gateway.stats().inFlight === 3);
    await until(() => running.gateway.stats().inFlight === 0);
    const why = 'the caller is too slow';
    expect(thoughtOf(running).state).toBe('in');
    expect(thoughtOf(running).told.filter((told) => told !== 'refused')).toEqual([
      'listening',
      why,
      why,
      why,
    ]);
  });

  it('does not excuse a server that takes nothing of what has been sent', async () => {
    const up = await upstream((req) => void req.pause());
    const running = await patientWith(up, { headers: '200ms' });
    for (let i = 0; i < 3; i++) sendPart(running.port, 'x'.repeat(16 * MEBIBYTE), 17 * MEBIBYTE);
    await until(() => thoughtOf(running).state === 'out');
  });
});
