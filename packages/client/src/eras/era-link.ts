import { orAborted } from '../call/or-aborted.ts';
import type { Environment } from '../environment.ts';
import { ClientError, ProtocolError } from '../errors.ts';
import type { Link, LinkRequest, Next } from '../link.ts';
import type { Evidence } from './evidence.ts';
import {
  evidenceOfDiscovery,
  evidenceOfError,
  evidenceOfFailedDiscovery,
  evidenceOfResult,
  isSuspicious,
} from './evidence.ts';
import type { EraStore } from './verdict.ts';

/** What an era link needs. */
export interface EraLinkOptions {
  readonly address: string;
  readonly transport: 'http' | 'stdio';
  readonly eras: EraStore;
  readonly environment: Environment;
}

/** How long a legacy verdict is believed without asking again: servers are upgraded. */
const LEGACY_BELIEVED_MS = 5 * 60_000;
/** How long a process may be silent when first spoken to; legacy servers may never answer. */
const PROBE_TIMEOUT_MS = 10_000;

/**
 * Knows whether the server is of this era, from what it answers, and asks `server/discover` where an answer leaves it open;
 * over stdio it asks before anything else. It never sends a call twice. Throws `ClientError` `legacy-server` for a server of
 * the era before. Spec: basic/versioning#backward-compatibility-with-initialization-based-versions.
 */
export function eraLink(options: EraLinkOptions): Link {
  const { address, transport, eras } = options;
  const detector = new Detector(options);
  return async (request, next) => {
    const known = eras.get(address)?.era;
    if (request.method === PROBE) return detector.discover(request, next);
    if (known === 'legacy' || (known === undefined && transport === 'stdio'))
      await orAborted(detector.ask(request, next), request.signal, false);
    try {
      const result = await next(request);
      if (known !== 'modern') detector.note(evidenceOfResult(result));
      return result;
    } catch (error) {
      if (known !== 'modern') detector.note(evidenceOfError(error));
      // A server that is known to be modern says by JSON-RPC what it does not know.
      const isOpen = known !== 'modern' || !(error instanceof ProtocolError);
      if (isOpen && isSuspicious(error))
        await orAborted(detector.ask(request, next, error), request.signal, true);
      throw error;
    }
  };
}

const PROBE = 'server/discover';

class Detector {
  readonly #options: EraLinkOptions;
  #asking: Promise<unknown> | undefined;

  constructor(options: EraLinkOptions) {
    this.#options = options;
  }

  note(evidence: Evidence, seen?: string): void {
    if (evidence === 'unclear') return;
    const { eras, address, environment } = this.#options;
    const at = environment.now();
    eras.set(address, seen === undefined ? { era: evidence, at } : { era: evidence, at, seen });
  }

  /** Sends the caller's own `server/discover`. */
  async discover(request: LinkRequest, next: Next): Promise<Awaited<ReturnType<Next>>> {
    try {
      const result = await next(request);
      if (evidenceOfDiscovery(result) === 'legacy')
        throw this.#legacy('it names only revisions before this one', undefined);
      this.note('modern');
      return result;
    } catch (error) {
      const { eras, address } = this.#options;
      // A server that is known to be modern may yet lack the method.
      if (error instanceof ProtocolError && eras.get(address)?.era === 'modern') throw error;
      const evidence = evidenceOfFailedDiscovery(error, this.#options.transport);
      if (evidence === 'legacy') throw this.#legacy(describe(error), error);
      this.note(evidence);
      throw error;
    }
  }

  /** Finds out, once for all who wait. Rejects for a legacy server; whatever else goes wrong is left to the call itself. */
  async ask(request: LinkRequest, next: Next, cause?: unknown): Promise<void> {
    const { eras, address, environment, transport } = this.#options;
    const known = eras.get(address);
    if (known?.era === 'legacy' && environment.now() - known.at < LEGACY_BELIEVED_MS && cause === undefined) {
      throw this.#legacy(known.seen ?? 'it was found before', cause);
    }
    this.#asking ??= this.#probe(request, next).finally(() => {
      this.#asking = undefined;
    });
    const failure = await this.#asking;
    if (failure === undefined) return;
    if (failure instanceof ClientError && failure.code === 'legacy-server') throw failure;
    // Silence over stdio is how some legacy servers answer, but it proves nothing that could be kept.
    if (transport === 'stdio') throw failure;
  }

  /** Resolves with what went wrong. */
  async #probe(request: LinkRequest, next: Next): Promise<unknown> {
    const { environment } = this.#options;
    const controller = new AbortController();
    const late = new ClientError(
      'legacy-server',
      `The server is silent when asked ${PROBE}: it speaks no ${NOW}, or has failed to start.`,
    );
    const stop = environment.after(PROBE_TIMEOUT_MS, () => controller.abort(late));
    const { policy, headers } = request;
    try {
      await this.discover(
        {
          method: PROBE,
          params: {},
          meta: {},
          headers: baseOf(headers),
          signal: controller.signal,
          notify: undefined,
          progress: false,
          policy,
        },
        next,
      );
      return undefined;
    } catch (error) {
      return error === late && this.#options.transport === 'http' ? undefined : error;
    } finally {
      stop();
    }
  }

  #legacy(seen: string, cause: unknown): ClientError {
    const { address, eras } = this.#options;
    if (eras.get(address)?.era !== 'legacy' || cause !== undefined) this.note('legacy', seen);
    const message = `The server at ${address} speaks only revisions that begin with initialize (${seen}); this client speaks ${NOW}.`;
    return new ClientError('legacy-server', message, {
      data: { seen },
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

const NOW = '2026-07-28 and later';

/** The headers that say who is calling, without those of the call. */
function baseOf(headers: LinkRequest['headers']): LinkRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('mcp-')));
}

function describe(error: unknown): string {
  if (error instanceof ProtocolError) {
    const http = error.status === undefined ? '' : `HTTP ${error.status}, `;
    return `${PROBE} was answered with ${http}error ${error.code}`;
  }
  return error instanceof ClientError && error.status !== undefined
    ? `${PROBE} was answered with HTTP ${error.status}`
    : `${PROBE} failed`;
}
