import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { OpenRedirect, RedirectReceiver } from '../client/authorization-code.ts';
import { AuthError } from '../errors.ts';

/** How the user comes back to this machine. */
export interface LoopbackReceiverOptions {
  /** The port of 127.0.0.1. 0: any that is free. @default 0 */
  readonly port?: number;
  /** @default '/callback' */
  readonly path?: string;
  /** What the user reads in the end, as HTML. @default a sentence */
  readonly page?: string;
}

/**
 * Receives the user who comes back from signing in, on 127.0.0.1 while a sign-in is under way. Only a request for the path with the
 * `state` of the sign-in counts; nothing of a request is repeated on the page. Spec: RFC 8252 §7.3.
 */
export function loopbackReceiver(options: LoopbackReceiverOptions = {}): RedirectReceiver {
  const path = options.path ?? '/callback';
  const page = options.page ?? PAGE;
  return {
    async open() {
      const waiting = new Map<string, (url: URL) => void>();
      const server = createServer((request, response) =>
        answer({ request, response }, { path, page, waiting }),
      );
      await listen(server, options.port ?? 0);
      return receiverOf(server, path, waiting);
    },
  };
}

// ---

const PAGE = '<!doctype html><meta charset="utf-8"><title>Signed in</title><p>You may close this window.</p>';

/** For how long the page is on its way to the browser at most. */
const GRACE_MS = 250;

type Waiting = Map<string, (url: URL) => void>;

interface Setup {
  readonly path: string;
  readonly page: string;
  readonly waiting: Waiting;
}

function answer(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { path, page, waiting }: Setup,
): void {
  request.resume();
  const target = request.url ?? '/';
  const url = URL.canParse(target, BASE) ? new URL(target, BASE) : undefined;
  const state = url?.searchParams.get('state') ?? '';
  const take = waiting.get(state);
  if (request.method !== 'GET' || url === undefined || url.pathname !== path || take === undefined) {
    response.writeHead(404, { connection: 'close' }).end();
    return;
  }
  waiting.delete(state);
  response.writeHead(200, HEADERS).end(page);
  take(url);
}

/** Only its path and query count. */
const BASE = 'http://127.0.0.1';
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  connection: 'close',
};

function receiverOf(server: Server, path: string, waiting: Waiting): OpenRedirect {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    redirectUri: `${BASE}:${port}${path}`,
    response: (state, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        waiting.set(state, resolve);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    close: () =>
      new Promise((resolve) => {
        // Browsers open connections on suspicion, and would keep the server open by them.
        const late = setTimeout(() => server.closeAllConnections(), GRACE_MS);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new AuthError('authorization-response', `Nobody can come back to port ${port}: it is in use.`, {
          cause,
        }),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
}
