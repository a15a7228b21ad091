import type { Result } from '@switchyard/wire';
import { methodInfo } from '@switchyard/wire';
import { DEFAULT_BACKOFF, retryLink } from './call/attempts.ts';
import type { CallDefaults, CallOptions } from './call/call-options.ts';
import { createCaller } from './call/caller.ts';
import { checkComplete, typeOf } from './call/result.ts';
import { createTransmitter } from './call/transmit.ts';
import { versionLink } from './call/version.ts';
import { systemEnvironment } from './environment.ts';
import { ClientError } from './errors.ts';
import type { HeaderBag, Params, TerminatingLink } from './link.ts';
import { chain } from './link.ts';
import { fetchLink } from './links/fetch-link.ts';
import type { Ask } from './operations.ts';
import { readingCalls } from './operations.ts';
import type { ClientOptions } from './options.ts';
import { paramHeadersLink } from './tools/param-headers.ts';
import { ToolBook } from './tools/tool-book.ts';
import type { Client, ToolType } from './types.ts';

/**
 * Makes a client of one server. Nothing is sent before the first call. Throws `TypeError` for options that are not sound.
 */
export function createClient<
  Tools extends { readonly [Name in keyof Tools]: ToolType } = Record<string, ToolType>,
>(options: ClientOptions): Client<Tools> {
  const link = options.link ?? defaultLink(options);
  const environment = options.environment ?? systemEnvironment;
  const warn = options.onWarning ?? (() => undefined);
  const identity = { info: options.info ?? DEFAULT_INFO, capabilities: options.capabilities ?? {} };
  const book = new ToolBook(link.transport === 'http', warn);
  const transmitter = createTransmitter(link, identity, () => undefined);
  let closed = false;
  const caller = createCaller({
    pipeline: chain(
      [
        retryLink(environment, { ...DEFAULT_BACKOFF, ...options.retry }),
        versionLink(transmitter),
        paramHeadersLink(book, async (_name, request) => {
          const renew: CallOptions = { cache: 'refresh', headers: request.headers };
          await reading.listTools(
            request.signal === undefined ? renew : { ...renew, signal: request.signal },
          );
        }),
        ...(options.links ?? []),
      ],
      transmitter.send,
    ),
    defaults: { ...DEFAULTS, ...options.timeouts },
    headers: headersOf(options),
    repeatable: (method, params) => isRepeatable(method, params, { book, options }),
    notified: () => undefined,
    warn,
    closed: () => closed,
  });
  const ask: Ask = async (method, params, callOptions) => {
    const result = await caller(method, params, callOptions);
    return finished(method, result);
  };
  const reading = readingCalls(ask, book);
  const callTool = (
    call: string | { readonly name: string; readonly arguments?: unknown },
    second?: unknown,
    third?: CallOptions,
  ) => {
    const { name, arguments: args } = typeof call === 'string' ? { name: call, arguments: second } : call;
    const given = (typeof call === 'string' ? third : second) as CallOptions | undefined; // by the overloads
    return ask('tools/call', args === undefined ? { name } : { name, arguments: args }, given);
  };
  return {
    ...reading,
    callTool: callTool as Client<Tools>['callTool'], // its two overloads, told apart above
    request: (method, params = {}, callOptions) => ask(method, params, callOptions),
    async close() {
      closed = true;
      await link.close?.();
    },
  };
}

const DEFAULT_INFO = { name: 'switchyard-client', version: '0.1.0' };
const DEFAULTS: CallDefaults = {
  timeoutMs: 60_000,
  totalTimeoutMs: 300_000,
  progressResetsTimeout: true,
  retries: 2,
};

function defaultLink({ url }: ClientOptions): TerminatingLink {
  if (url === undefined) throw new TypeError('A client needs the url of a server, or a link to one.');
  return fetchLink({ url });
}

function headersOf({ headers }: ClientOptions): () => HeaderBag | Promise<HeaderBag> {
  if (typeof headers === 'function') return async () => lowerCased(await headers());
  const fixed = lowerCased(headers ?? {});
  return () => fixed;
}

function lowerCased(headers: HeaderBag): HeaderBag {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function isRepeatable(
  method: string,
  params: Params,
  { book, options }: { readonly book: ToolBook; readonly options: ClientOptions },
): boolean {
  const info = methodInfo(method);
  if (method !== 'tools/call') return info?.repeatable ?? false;
  if (options.retry?.annotatedTools === false) return false;
  const annotations = book.get(String(params['name']))?.tool.annotations;
  return annotations?.idempotentHint === true || annotations?.readOnlyHint === true;
}

function finished(method: string, result: Result): Result {
  const type = typeOf(result);
  if (type !== 'complete') {
    throw new ClientError('invalid-response', `The result is of the unknown type ${JSON.stringify(type)}.`, {
      mayHaveRun: true,
      data: { resultType: type },
    });
  }
  checkComplete(method, result);
  return result;
}
