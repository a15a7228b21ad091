import { AuthError } from './errors.ts';

/**
 * What sends requests: the global `fetch`, or one that looks closer at where they go. `dial` names the addresses that the host was
 * found to have when it was looked at: one that looks the name up anew may be led elsewhere. `pinnedFetch` of
 * `@switchyard/auth/client/node` dials no others.
 */
export type Fetch = (url: string, init: RequestInit, dial?: Dial) => Promise<Response>;

/** Where a request may go. */
export interface Dial {
  /** The addresses of the host of the URL. */
  readonly addresses: readonly string[];
}

/** How documents are fetched. */
export interface DocumentOptions {
  readonly fetch: Fetch;
  /** Rejects with an `AuthError` when the URL may not be dialled; resolves to the addresses that were looked at, if any were. */
  readonly guard: (url: URL) => Promise<Dial | undefined>;
  /** @default 10_000 */
  readonly timeoutMs?: number;
}

/** Bodies beyond this many bytes are refused: no document of OAuth is as large. */
export const MAX_DOCUMENT_BYTES = 262_144;

const MAX_REDIRECTS = 3;
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Fetches a JSON object with GET. Follows at most three redirects, each looked at by the guard. `undefined` where there is none:
 * any status but 200, or a body that is no JSON object. Rejects with `forbidden-address`, `unreachable`, or `discovery` for a body
 * beyond {@link MAX_DOCUMENT_BYTES}.
 */
export async function fetchDocument(
  start: URL,
  options: DocumentOptions,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const signal = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  let url = start;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const dial = await options.guard(url);
    const init = {
      method: 'GET',
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal,
    } as const;
    const target = url;
    const response = await send(() => options.fetch(target.href, init, dial), target);
    const location = isRedirect(response.status) ? response.headers.get('location') : null;
    if (location === null) return await readObject(response, url);
    discard(response);
    url = resolveLocation(location, url);
  }
  throw new AuthError(
    'discovery',
    `${start.origin} redirects a metadata request more than ${MAX_REDIRECTS} times.`,
  );
}

/** Wraps a fetch so that every URL passes the guard, redirects are not followed and bodies are bounded. */
export function guardedFetch({ fetch, guard, timeoutMs = DEFAULT_TIMEOUT_MS }: DocumentOptions): Fetch {
  return async (url, init) => {
    const target = new URL(url);
    const dial = await guard(target);
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    const response = await send(() => fetch(url, { ...init, redirect: 'manual', signal }, dial), target);
    const body = await readBounded(response, target);
    const bodiless = response.status === 204 || response.status === 304;
    const { status, statusText, headers } = response;
    return new Response(bodiless ? null : body, { status, statusText, headers });
  };
}

// ---

async function send(work: () => Promise<Response>, url: URL): Promise<Response> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AuthError) throw cause;
    throw new AuthError('unreachable', `${url.origin} could not be reached.`, { cause });
  }
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function resolveLocation(location: string, base: URL): URL {
  if (URL.canParse(location, base)) return new URL(location, base);
  throw new AuthError(
    'discovery',
    `${base.origin} redirects a metadata request to something that is no URL.`,
  );
}

async function readObject(
  response: Response,
  url: URL,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (response.status !== 200) return discard(response);
  const text = new TextDecoder().decode(await readBounded(response, url));
  try {
    const value: unknown = JSON.parse(text);
    // Checked to be an object that is no array.
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function discard(response: Response): undefined {
  // Nobody waits for what is left of it.
  response.body?.cancel().catch(() => undefined);
}

async function readBounded(response: Response, url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const part = await nextPart(reader, url);
    if (part === undefined) break;
    size += part.byteLength;
    if (size > MAX_DOCUMENT_BYTES) {
      reader?.cancel().catch(() => undefined);
      throw new AuthError('discovery', `${url.origin} answers with more than ${MAX_DOCUMENT_BYTES} bytes.`);
    }
    parts.push(part);
  }
  return concat(parts, size);
}

async function nextPart(
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
  url: URL,
): Promise<Uint8Array | undefined> {
  try {
    const part = await reader?.read();
    return part?.value;
  } catch (cause) {
    throw new AuthError('unreachable', `The answer of ${url.origin} broke off.`, { cause });
  }
}

function concat(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.byteLength;
  }
  return whole;
}
