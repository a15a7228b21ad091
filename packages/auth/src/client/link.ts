import type { Authorizer } from './authorizer-options.ts';

/** What the link looks at of a request on its way through the client. */
export interface LinkedRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** How often one call goes on after a refusal. */
const MAX_RETRIES = 4;

/**
 * A link of `createClient` that authorizes every request to `url`, and repeats one after a refusal that authorization could do
 * something about. A refused request has not been carried out, so any may be repeated. One that is aborted waits for no sign-in,
 * which goes on for others.
 */
export function authLink(
  authorizer: Authorizer,
  url: string | URL,
): <Request extends LinkedRequest, Result>(
  request: Request,
  next: (request: Request) => Promise<Result>,
) => Promise<Result> {
  const address = new URL(url).href;
  return async (request, next) => {
    for (let retries = 0; ; retries += 1) {
      const base = { url: address, method: 'POST', headers: { ...request.headers, ...described(request) } };
      const added = await unlessAborted(request, authorizer.authorize(base));
      // The end of the way has the words for it, and sends nothing.
      if (added === undefined) return next(request);
      try {
        return await next({ ...request, headers: { ...request.headers, ...added } });
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal === undefined || retries === MAX_RETRIES) throw error;
        const sent = { ...base, headers: { ...base.headers, ...added } };
        const outcome = await unlessAborted(request, authorizer.challenged(refusal, sent));
        if (outcome === 'give-up') throw error;
      }
    }
  };
}

// ---

/** What work comes to, or `undefined` as soon as the request is aborted. */
function unlessAborted<T>({ signal }: LinkedRequest, work: Promise<T>): Promise<T | undefined> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const leave = (): void => resolve(undefined);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}

/** What tells operations apart: headers that are made only further on. */
function described({ method, params }: LinkedRequest): Record<string, string> {
  const name = params['name'] ?? params['uri'];
  return { 'mcp-method': method, ...(typeof name === 'string' ? { 'mcp-name': name } : {}) };
}

function refusalOf(error: unknown): { readonly status: number; readonly headers: Headers } | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error) || !('headers' in error))
    return undefined;
  const { status, headers } = error;
  return (status === 401 || status === 403) && headers instanceof Headers ? { status, headers } : undefined;
}
