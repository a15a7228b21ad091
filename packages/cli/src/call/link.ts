import {
  type ClientCapabilities,
  encodeHeaderValue,
  isErrorResponse,
  type JSONRPCNotification,
  type JSONRPCResponse,
  META,
  PROTOCOL_VERSION,
  parseMessage,
  type Result,
  requestMessage,
  SseDecoder,
} from '@switchyard/wire';
import { type Dispatcher, request } from 'undici';
import { Failure } from '../failure.ts';
import { packageVersion } from '../version.ts';
import { httpFailure, networkFailure, RpcFailure } from './link-failure.ts';

/** Where calls go, and what goes with each. */
export interface LinkOptions {
  readonly url: URL;
  /** Further headers, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long nothing may be heard, in milliseconds; 0 is for ever. */
  readonly timeoutMs: number;
  readonly capabilities: ClientCapabilities;
}

/** One request. */
export interface LinkRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** What `Mcp-Name` repeats. */
  readonly name?: string;
  /** `Mcp-Param-*` headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Told of what comes before the result. */
  readonly onNotification?: (notification: JSONRPCNotification) => void;
}

/** The most of an answer that is read, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Sends requests to one MCP endpoint, each by itself. Spec: basic/transports/streamable-http. */
export class Link {
  readonly #options: LinkOptions;
  #lastId = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Resolves with the result; rejects with `RpcFailure` for a JSON-RPC error and `Failure` where there is no answer. */
  async request(call: LinkRequest): Promise<Result> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = await this.#post(requestMessage(id, call.method, this.#withMeta(call.params, id)), call);
    const response = await this.#read(answer, call).catch((error: unknown) => {
      throw networkFailure(error, { ...this.#options, method: call.method });
    });
    if (response === undefined)
      throw new Failure('The connection ended before the answer came; the call may have run.');
    if (isErrorResponse(response)) throw new RpcFailure(response.error);
    if (response.id !== id)
      throw new Failure('The server answered another request than the one it was sent.');
    return response.result;
  }

  #withMeta(params: LinkRequest['params'], id: number): object {
    const _meta = {
      [META.protocolVersion]: PROTOCOL_VERSION,
      [META.clientInfo]: { name: 'switchyard', version: packageVersion() },
      [META.clientCapabilities]: this.#options.capabilities,
      [META.progressToken]: id,
    };
    return { ...params, _meta };
  }

  get #identified(): boolean {
    return this.#options.headers['authorization'] !== undefined;
  }

  async #post(body: string, call: LinkRequest): Promise<Dispatcher.ResponseData> {
    const { url, headers, timeoutMs } = this.#options;
    try {
      return await request(url, {
        method: 'POST',
        body,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        headers: {
          ...headers,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': PROTOCOL_VERSION,
          'mcp-method': call.method,
          ...(call.name === undefined ? {} : { 'mcp-name': encodeHeaderValue(call.name) }),
          ...call.headers,
        },
      });
    } catch (error) {
      throw networkFailure(error, { ...this.#options, method: call.method });
    }
  }

  async #read(answer: Dispatcher.ResponseData, call: LinkRequest): Promise<JSONRPCResponse | undefined> {
    const type = String(answer.headers['content-type'] ?? '');
    if (type.startsWith('text/event-stream')) return readStream(answer.body, call);
    const text = await readText(answer.body);
    // Whatever the body says, what is missing is a token.
    if (answer.statusCode === 401) throw httpFailure(answer, text, this.#identified);
    const message = parseMessage(text, { maxBytes: MAX_BYTES });
    if (message.kind === 'response') return message.message;
    throw httpFailure(answer, text, this.#identified);
  }
}

// ---

async function readStream(
  body: AsyncIterable<Uint8Array>,
  call: LinkRequest,
): Promise<JSONRPCResponse | undefined> {
  const decoder = new SseDecoder({ maxEventBytes: MAX_BYTES });
  for await (const chunk of body) {
    for (const { data } of decoder.push(chunk)) {
      const message = parseMessage(data, { maxBytes: MAX_BYTES });
      if (message.kind === 'response') return message.message;
      if (message.kind === 'notification') call.onNotification?.(message.message);
      else
        throw new Failure(
          'The server sent something on the stream that is neither a notification nor the answer.',
        );
    }
  }
  return undefined;
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Failure(`The answer is larger than ${MAX_BYTES / 1024 / 1024} MiB.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
