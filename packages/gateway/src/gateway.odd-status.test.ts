import { expect, it } from 'vitest';
import { gatewayTo, post, rawUpstream } from '../test/support.ts';

const frame = (type: number, flags: number, stream: number, payload: readonly number[] = []) =>
  Buffer.from([0, 0, payload.length, type, flags, 0, 0, 0, stream, ...payload]);

const SETTINGS = 4;
const HEADERS = 1;
const ACKNOWLEDGED = 1;
const END_STREAM_AND_HEADERS = 5;
/** `:status`, by its place in the table of HPACK, and a value of three letters. */
const statusOf = (status: string) => [8, 3, ...Buffer.from(status)];

it.each(['099', '000'])(
  'an answer under status %s, which is none, does not keep its caller waiting',
  async (status) => {
    const old = await rawUpstream((socket) =>
      socket.end(`HTTP/1.1 ${status} Odd\r\ncontent-length: 0\r\n\r\n`),
    );
    const odd = frame(HEADERS, END_STREAM_AND_HEADERS, 1, statusOf(status));
    const newer = await rawUpstream((socket, bytes) => {
      if (bytes.includes('PRI * HTTP/2.0'))
        socket.write(Buffer.concat([frame(SETTINGS, 0, 0), frame(SETTINGS, ACKNOWLEDGED, 0)]));
      if (bytes.includes('"jsonrpc"')) socket.write(odd);
    });
    for (const [replica, http2] of [
      [old, false],
      [newer, true],
    ] as const) {
      const { url, gateway } = await gatewayTo([replica], { http2, retries: 0 });
      expect((await post(url)).status).toBe(502);
      expect(gateway.stats().inFlight).toBeLessThanOrEqual(1);
    }
  },
);
