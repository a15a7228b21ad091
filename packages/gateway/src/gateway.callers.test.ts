import type { IncomingMessage } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import {
  answering,
  deferred,
  exchangeBytes,
  gatewayTo,
  nowhere,
  open,
  post,
  read,
  request,
  upstream,
} from '../test/support.ts';

describe('a caller that leaves', () => {
  it('before the answer cancels its request at the server, at once [HTTP-014] [CANCEL-003]', async () => {
    const came = deferred();
    const left = deferred();
    const up = await upstream((_, res) => {
      came.resolve();
      res.on('close', () => left.resolve());
    });
    const { url, gateway } = await gatewayTo([up.url]);
    const req = request(url);
    req.on('error', () => {});
    req.end('{}'.padEnd(Number(req.getHeader('content-length'))));
    await came.promise;
    req.destroy();
    await left.promise;
    await vi.waitFor(() => expect(gateway.stats()).toMatchObject({ inFlight: 0 }));
    expect(gateway.stats().servers[0]?.replicas[0]).toMatchObject({ inFlight: 0, failures: 0 });
  });

  it('in the middle of a stream cancels it at the server', async () => {
    const left = deferred();
    const up = await upstream((_, res) => {
      res.write('data: 1\n\n');
      res.on('close', () => left.resolve());
    });
    const { url } = await gatewayTo([up.url]);
    const res = await open(url, { method: 'subscriptions/listen' });
    res.once('data', () => res.destroy());
    await left.promise;
  });

  it('in the middle of its own body takes the half request with it', async () => {
    const began = deferred();
    const aborted = deferred();
    const up = await upstream((req) => {
      req.once('data', () => began.resolve());
      req.on('error', () => aborted.resolve());
    });
    const { url } = await gatewayTo([up.url]);
    const req = request(url, { headers: { 'content-length': '500000' } });
    req.on('error', () => {});
    req.write(Buffer.alloc(100_000));
    await began.promise;
    req.destroy();
    await aborted.promise;
  });

  it('while a repeat is waited for stops it', async () => {
    const { url, gateway, events } = await gatewayTo([await nowhere()], { retries: 10 });
    const req = request(url);
    req.on('error', () => {});
    req.end('{}'.padEnd(Number(req.getHeader('content-length'))));
    await vi.waitFor(() => expect(events.some(({ type }) => type === 'retrying')).toBe(true));
    req.destroy();
    await vi.waitFor(() => expect(gateway.stats().inFlight).toBe(0));
    expect(events.some(({ type }) => type === 'upstream-failed')).toBe(false);
  });

  it('as the answer comes does no harm [CANCEL-013]', async () => {
    const up = await upstream(answering());
    const { url, gateway } = await gatewayTo([up.url]);
    for (let i = 0; i < 20; i++) {
      const res = await open(url);
      res.destroy();
    }
    expect((await post(url)).status).toBe(200);
    await vi.waitFor(() => expect(gateway.stats().inFlight).toBe(0));
    expect(gateway.stats().servers[0]?.replicas[0]?.inFlight).toBe(0);
  });

  it('reading but does not leave is cut off in the end', async () => {
    const up = await upstream((_, res) => {
      const pump = () => {
        while (res.write(Buffer.alloc(65536)));
        res.once('drain', pump);
      };
      pump();
    });
    const { url, gateway } = await gatewayTo([up.url], { timeouts: { idle: '100ms' } });
    const res = await open(url, { method: 'subscriptions/listen' });
    res.pause();
    res.on('error', () => {});
    await vi.waitFor(() => expect(gateway.stats().inFlight).toBe(0), 5000);
  });
});

describe('a body', () => {
  it('beyond the limit is stopped while it streams, and the server does not get a whole one', async () => {
    const broken = deferred();
    const up = await upstream((req) => req.on('error', () => broken.resolve()));
    const { url } = await gatewayTo([up.url], {}, { limits: { body: '100KiB' } });
    const req = request(url, { headers: { 'content-length': undefined } });
    const answered = new Promise<IncomingMessage>((resolve) => req.on('response', resolve));
    req.on('error', () => {});
    req.write(Buffer.alloc(80_000));
    await vi.waitFor(() => expect(up.seen).toHaveLength(1));
    req.write(Buffer.alloc(80_000));
    const res = await answered;
    expect(res.statusCode).toBe(413);
    expect((await read(res)).json.error.data.reason).toBe('body-too-large');
    await broken.promise;
    req.destroy();
  });

  it('that is dripped in is given up', async () => {
    const up = await upstream(answering());
    const limits = { headerTime: '200ms', requestTime: '300ms' };
    const { port, url } = await gatewayTo([up.url], {}, { limits });
    const slowHeaders = exchangeBytes(port, 'POST /mcp HTTP/1.1\r\nhost: localhost\r\n');
    const slowBody = exchangeBytes(
      port,
      'POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nmcp-protocol-version: 2026-07-28\r\nmcp-method: tools/list\r\ncontent-length: 9\r\n\r\n{',
    );
    expect(await slowHeaders).toMatch(/^HTTP\/1\.1 408 /);
    expect(await slowBody).toMatch(/^HTTP\/1\.1 408 /);
    expect((await post(url)).status).toBe(200);
  });

  it('that could be read in two ways never gets through', async () => {
    const up = await upstream(answering());
    const { port } = await gatewayTo([up.url]);
    const head =
      'POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nmcp-protocol-version: 2026-07-28\r\nmcp-method: tools/list\r\nconnection: close\r\n';
    const forms = [
      `${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      `${head}content-length: 2\r\ncontent-length: 5\r\n\r\n{}`,
      `${head}content-length: +2\r\n\r\n{}`,
      `${head}content-length: 2, 2\r\n\r\n{}`,
      `${head}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
      `${head}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n`,
      `${head}transfer-encoding : chunked\r\n\r\n0\r\n\r\n`,
      `${head}transfer-encoding: chunked\r\n\r\n2;\n{}\r\n0\r\n\r\n`,
      `${head}content-length: 2\r\n folded: x\r\n\r\n{}`,
      `${head}x\r\n: y\r\n\r\n`,
    ];
    for (const bytes of forms) expect(await exchangeBytes(port, bytes)).toMatch(/^HTTP\/1\.1 400 /);
    expect(up.seen).toEqual([]);
  });
});
