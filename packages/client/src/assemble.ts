import type { ClientCapabilities } from '@switchyard/wire';
import { methodInfo } from '@switchyard/wire';
import type { Cache } from './cache/cache-link.ts';
import { createCache } from './cache/cache-link.ts';
import { coalesceLink } from './cache/coalesce-link.ts';
import { memoryStore } from './cache/memory-store.ts';
import { DEFAULT_BACKOFF, retryLink } from './call/attempts.ts';
import type { CallDefaults } from './call/call-options.ts';
import { createTransmitter } from './call/transmit.ts';
import { versionLink } from './call/version.ts';
import type { Environment } from './environment.ts';
import { systemEnvironment } from './environment.ts';
import { eraLink } from './eras/era-link.ts';
import { eraMemory } from './eras/verdict.ts';
import type { Extensions } from './extension.ts';
import { toExtensions } from './extension.ts';
import type { HeaderBag, Link, LinkRequest, Next, Params, TerminatingLink } from './link.ts';
import { chain, lowerCased } from './link.ts';
import { fetchLink } from './links/fetch-link.ts';
import type { ClientOptions } from './options.ts';
import { paramHeadersLink } from './tools/param-headers.ts';
import { ToolBook } from './tools/tool-book.ts';

/** The parts of a client, put together. */
export interface Parts {
  readonly link: TerminatingLink;
  readonly environment: Environment;
  readonly extensions: Extensions;
  readonly book: ToolBook;
  /** Absent where nothing is cached. */
  readonly cache: Cache | undefined;
  /** The whole way of a call. */
  readonly pipeline: Next;
  /** The way of a stream: no cache, no repetition, no limit of time. */
  readonly direct: Next;
  /** What every request declares. */
  readonly capabilities: ClientCapabilities;
  readonly headers: () => HeaderBag | Promise<HeaderBag>;
  readonly defaults: CallDefaults;
  /** Whether a request may be repeated although it may have run. */
  readonly repeatable: (method: string, params: Params) => boolean;
  readonly warn: (message: string) => void;
}

/** Reads the tools anew, on behalf of a request. */
export type RefreshTools = (name: string, request: LinkRequest) => Promise<void>;

/** Puts a client together: what a call passes through, from the caller to the wire. Throws `TypeError` for options that are not sound. */
export function assemble(options: ClientOptions, refreshTools: RefreshTools): Parts {
  const link = options.link ?? linkTo(options);
  const environment = options.environment ?? systemEnvironment;
  const warn = options.onWarning ?? (() => undefined);
  const extensions = toExtensions(options.extensions ?? []);
  const book = new ToolBook(link.transport === 'http', warn);
  const capabilities = capabilitiesOf(options, extensions);
  const identity = { info: options.info ?? DEFAULT_INFO, capabilities };
  const transmitter = createTransmitter(
    link,
    identity,
    (method) => extensions.methods.get(method)?.nameParam,
  );
  const { address, transport } = link;
  const cache =
    options.cache === false
      ? undefined
      : createCache(options.cache ?? {}, { address, environment, memory: memoryStore(), warn });
  const eras = options.eras ?? eraMemory();
  const inner: readonly Link[] = [
    eraLink({ address, transport, eras, environment }),
    versionLink(transmitter),
    ...(transport === 'http' ? [paramHeadersLink(book, refreshTools)] : []),
    ...(options.links ?? []),
  ];
  const direct = chain(inner, transmitter.send);
  const outer = [
    cache?.link ?? coalesceLink(),
    retryLink(environment, { ...DEFAULT_BACKOFF, ...options.retry }),
  ];
  return {
    link,
    environment,
    extensions,
    book,
    cache,
    direct,
    pipeline: chain(outer, direct),
    capabilities,
    headers: headersOf(options),
    defaults: { ...DEFAULTS, ...options.timeouts },
    repeatable: (method, params) => isRepeatable({ method, params }, { book, extensions, options }),
    warn,
  };
}

const DEFAULT_INFO = { name: 'switchyard-client', version: '0.1.0' };
const DEFAULTS: CallDefaults = {
  timeoutMs: 60_000,
  totalTimeoutMs: 300_000,
  progressResetsTimeout: true,
  retries: 2,
};

function linkTo({ url }: ClientOptions): TerminatingLink {
  if (url === undefined) throw new TypeError('A client needs the url of a server, or a link to one.');
  return fetchLink({ url });
}

/** What handlers and extensions can do, and what else is declared. Spec: client/elicitation#capabilities. */
function capabilitiesOf(
  { handlers = {}, capabilities }: ClientOptions,
  extensions: Extensions,
): ClientCapabilities {
  const elicitation = {
    ...(handlers.elicit === undefined ? {} : { form: {} }),
    ...(handlers.elicitUrl === undefined ? {} : { url: {} }),
    ...capabilities?.elicitation,
  };
  const declared = { ...extensions.settings, ...capabilities?.extensions };
  return {
    ...(handlers.sample === undefined ? {} : { sampling: {} }),
    ...(handlers.listRoots === undefined ? {} : { roots: {} }),
    ...capabilities,
    ...(Object.keys(elicitation).length === 0 ? {} : { elicitation }),
    ...(Object.keys(declared).length === 0 ? {} : { extensions: declared }),
  };
}

function headersOf({ headers }: ClientOptions): () => HeaderBag | Promise<HeaderBag> {
  if (typeof headers === 'function') return async () => lowerCased(await headers());
  const fixed = lowerCased(headers ?? {});
  return () => fixed;
}

function isRepeatable(
  { method, params }: Pick<LinkRequest, 'method' | 'params'>,
  { book, extensions, options }: Pick<Parts, 'book' | 'extensions'> & { readonly options: ClientOptions },
): boolean {
  if (method !== 'tools/call') {
    return methodInfo(method)?.repeatable ?? extensions.methods.get(method)?.repeatable ?? false;
  }
  if (options.retry?.annotatedTools === false) return false;
  const annotations = book.get(String(params['name']))?.tool.annotations;
  return annotations?.idempotentHint === true || annotations?.readOnlyHint === true;
}
