import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TerminatingLink } from '@switchyard/client';
import { fetchLink } from '@switchyard/client';
import { undiciLink } from '@switchyard/client/node';
import { onTestFinished } from 'vitest';

/** A request as it came over the wire. */
export interface Recorded {
  readonly httpMethod: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly message: {
    readonly jsonrpc: unknown;
    readonly id: number;
    readonly method: string;
    readonly params: Readonly<Record<string, unknown>>;
  };
}

export type Answer = (request: Recorded, response: ServerResponse) => unknown;

/** A server that records what it gets, in order. What `answer` returns is the result, unless it has answered itself. */
export async function record(
  answer: Answer,
): Promise<{ readonly url: string; readonly requests: readonly Recorded[] }> {
  const requests: Recorded[] = [];
  const http = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const message = JSON.parse(bytes.toString('utf8'));
      const { method = '', url = '', headers } = req;
      const request = { httpMethod: method, path: url, headers, bytes, message };
      requests.push(request);
      const result = answer(request, res);
      if (result === undefined || res.headersSent) return;
      reply(res, { id: message.id, result: { resultType: 'complete', ...Object(result) } });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  });
  const { port } = http.address() as AddressInfo; // it listens on a port
  return { url: `http://127.0.0.1:${port}/mcp`, requests };
}

/** Answers with one JSON object. */
export function reply(res: ServerResponse, message: object, status = 200): void {
  res.writeHead(status, { 'content-type': 'application/json' });
  res.end(JSON.stringify({ jsonrpc: '2.0', ...message }));
}

/** Answers with a stream of messages. */
export function stream(res: ServerResponse, ...messages: readonly object[]): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const message of messages) res.write(`data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`);
  res.end();
}

/** The links over HTTP. */
export const HTTP_LINKS: readonly (readonly [string, (url: string) => TerminatingLink])[] = [
  ['undici', (url) => undiciLink({ url })],
  ['fetch', (url) => fetchLink({ url })],
];

/** What every request says of itself. */
export const KEYS = {
  version: 'io.modelcontextprotocol/protocolVersion',
  info: 'io.modelcontextprotocol/clientInfo',
  capabilities: 'io.modelcontextprotocol/clientCapabilities',
  subscription: 'io.modelcontextprotocol/subscriptionId',
} as const;
