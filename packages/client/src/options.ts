import type { ClientCapabilities, Implementation } from '@switchyard/wire';
import type { Backoff } from './call/attempts.ts';
import type { CallDefaults } from './call/call-options.ts';
import type { Environment } from './environment.ts';
import type { HeaderBag, Link, TerminatingLink } from './link.ts';

/** How a client is set up. Everything but where the server is has a default. */
export interface ClientOptions {
  /** The endpoint of a server over HTTP. Requires that `link` is left out. */
  readonly url?: string | URL;
  /** What brings requests to the server. @default a link of HTTP to `url` */
  readonly link?: TerminatingLink;
  /** Parts that every attempt passes through, the first one outermost: credentials, telemetry, logging. */
  readonly links?: readonly Link[];
  /** What the client says it is. @default { name: 'switchyard-client', version: '0.1.0' } */
  readonly info?: Implementation;
  /** Capabilities beside those that handlers and extensions bring. */
  readonly capabilities?: ClientCapabilities;
  /** Headers of every request, or what makes them. Against leaking them, redirects are never followed. */
  readonly headers?: HeaderBag | (() => HeaderBag | Promise<HeaderBag>);
  /** Limits of time and repetitions of every call; a call may have its own. */
  readonly timeouts?: Partial<CallDefaults>;
  /** How repetitions are spaced, and whether tools that call themselves idempotent or reading are repeated. */
  readonly retry?: Partial<Backoff> & { readonly annotatedTools?: boolean };
  /** Is told what goes wrong without failing a call. @default nothing is told */
  readonly onWarning?: (message: string) => void;
  /** Time and chance. Only for tests. @default the real ones */
  readonly environment?: Environment;
}
