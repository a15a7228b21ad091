import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { ask, bodyOf, headersFor } from '../test/federation.ts';
import { federationOf, memberServer, serveMember } from '../test/members.ts';
import { open, read, upstream } from '../test/support.ts';
import { until } from '../test/until.ts';

/** Hands a request over once its body has come. */
function after(answer: (res: ServerResponse, req: IncomingMessage) => void): RequestListener {
  return (req, res) => {
    req.on('data', () => {});
    req.on('end', () => answer(res, req));
  };
}

const RESULT = (uri: string) =>
  `{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","n":12345678901234567890,"content":[{"type":"resource_link","name":"é","uri":"${uri}"}]}}`;
const PROGRESS =
  '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":1}}';

async function federated(answer: (res: ServerResponse, req: IncomingMessage) => void, limits = {}) {
  const up = await upstream(after(answer));
  return { up, ...(await federationOf({ a: up.url }, { limits })) };
}

function call(url: string): Promise<IncomingMessage> {
  const params = { name: 'a__x' };
  return open(url, { headers: headersFor('tools/call', params), body: bodyOf('tools/call', params) });
}

describe('an event stream through a federation', () => {
  it('is rewritten event by event, however it is cut and written', async () => {
    const { url } = await federated((res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      const [head, tail] = RESULT('file:///x').split('"n"');
      const text = `: hello\r\n\r\nevent: message\r\ndata: ${PROGRESS}\r\n\r\ndata:${head}\ndata: "n"${tail}\n\n`;
      const bytes = Buffer.from(text);
      let at = 0;
      const next = () => {
        if (at >= bytes.length) return void res.end();
        res.write(bytes.subarray(at, at + 3));
        at += 3;
        setImmediate(next);
      };
      next();
    });
    const { events, text } = await ask(url, 'tools/call', { name: 'a__x' });
    expect(events[0]).toBe(PROGRESS);
    expect(events[1]?.replaceAll('\n', '')).toBe(RESULT('a+file:///x'));
    expect(events).toHaveLength(2);
    expect(text).toContain('12345678901234567890');
  });

  it('comes as it is sent: the caller has an event before the next one is there', async () => {
    let finish: () => void = () => {};
    const { url } = await federated((res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(`data: ${PROGRESS}\n\n`);
      finish = () => res.end(`data: ${RESULT('ui://x')}\n\n`);
    });
    const res = await call(url);
    const first = await new Promise<Buffer>((resolve) => res.once('data', resolve));
    expect(String(first)).toContain('notifications/progress');
    finish();
    expect((await read(res)).text).toContain('ui://a/x');
  });

  it.each([
    ['breaks off', (res: ServerResponse) => void res.destroy()],
    ['holds what is no message', (res: ServerResponse) => void res.write('data: {"jsonrpc":"2.0"}\n\n')],
    [
      'holds a request',
      (res: ServerResponse) => void res.write('data: {"jsonrpc":"2.0","id":1,"method":"x"}\n\n'),
    ],
    [
      'holds an event that is too large',
      (res: ServerResponse) => void res.write(`data: ${'x'.repeat(8000)}`),
    ],
  ])('that %s is cut, so that nobody takes it for whole', async (_, spoil) => {
    const { url } = await federated(
      (res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.write(`data: ${PROGRESS}\n\n`);
        setTimeout(spoil, 20, res);
      },
      { result: '4KiB' },
    );
    await expect(call(url).then(read)).rejects.toThrow();
  });

  it('that holds more than can be sealed is cut', async () => {
    const requestState = 'x'.repeat(1_200_000);
    const result = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      result: { resultType: 'input_required', requestState },
    });
    const { url, events } = await federated((res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(`data: ${PROGRESS}\n\n`);
      res.end(`data: ${result}\n\n`);
    });
    await expect(call(url).then(read)).rejects.toThrow();
    expect(events.some(({ type }) => type === 'failed')).toBe(true);
  });

  it('is cancelled at the server when the caller leaves', async () => {
    let left = false;
    const { url } = await federated((res) => {
      res.on('close', () => {
        left = true;
      });
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(`data: ${PROGRESS}\n\n`);
    });
    const res = await call(url);
    res.once('data', () => res.destroy());
    await until(() => left);
  });

  it('brings the progress that the caller asked for', async () => {
    const a = await serveMember(memberServer('alpha'));
    const { url } = await federationOf({ a: a.url });
    const params = { name: 'a__steps' };
    const body = bodyOf('tools/call', params).replace('"_meta":{', '"_meta":{"progressToken":"t",');
    const { text } = await read(await open(url, { headers: headersFor('tools/call', params), body }));
    expect(text.match(/notifications\/progress/g)).toHaveLength(3);
    expect(text).toContain('"text":"alpha"');
  });
});

describe('an answer that is no message', () => {
  const json = { 'content-type': 'application/json' };

  it.each([
    ['JSON that is no response', json, '{"hello":1}'],
    ['no JSON', json, '<html>'],
    ['JSON that is too large', json, `{"jsonrpc":"2.0","id":1,"result":{"x":"${'x'.repeat(8000)}"}}`],
    ['JSON that is compressed', { ...json, 'content-encoding': 'gzip' }, 'zzz'],
  ])('is not passed on: %s', async (_, headers, text) => {
    const { url } = await federated((res) => res.writeHead(200, headers).end(text), { result: '4KiB' });
    const answer = await ask(url, 'tools/call', { name: 'a__x' });
    expect([answer.status, answer.json.error.data.reason]).toEqual([502, 'upstream-invalid']);
  });

  it('passes where it does not pretend to be one', async () => {
    const { url } = await federated((res) =>
      res.writeHead(404, { 'content-type': 'text/html' }).end('<p>gone'),
    );
    const answer = await read(await call(url));
    expect([answer.status, answer.text]).toEqual([404, '<p>gone']);
  });

  it('keeps the status and the code of an error', async () => {
    const error = { code: -32021, message: 'no', data: { requiredCapabilities: { elicitation: {} } } };
    const { url } = await federated((res) =>
      res.writeHead(400, json).end(JSON.stringify({ jsonrpc: '2.0', id: 1, error })),
    );
    const answer = await ask(url, 'tools/call', { name: 'a__x' });
    expect([answer.status, answer.json.error]).toEqual([400, error]);
  });
});
