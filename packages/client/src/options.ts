import type { ClientCapabilities, Implementation } from '@switchyard/wire';
import type { CacheOptions } from './cache/cache-options.ts';
import type { Backoff } from './call/attempts.ts';
import type { CallDefaults } from './call/call-options.ts';
import type { Environment } from './environment.ts';
import type { EraStore } from './eras/verdict.ts';
import type { ClientExtension } from './extension.ts';
import type { InputHandlers } from './input/handlers.ts';
import type { OnceStore } from './input/once.ts';
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
  /** What answers when the server asks for input; each handler declares its capability. */
  readonly handlers?: InputHandlers;
  /** How many rounds of input a call may have. Against a server that never has enough. @default 10 */
  readonly maxRounds?: number;
  /** Sees to it that a pending call is resumed once. Several processes need one that they share. @default memory */
  readonly once?: OnceStore;
  /** How results are cached; `false` for not at all. @default memory, as long as the server says */
  readonly cache?: CacheOptions | false;
  /** Headers of every request, or what makes them. They never follow a redirect: none is followed. */
  readonly headers?: HeaderBag | (() => HeaderBag | Promise<HeaderBag>);
  /** Limits of time and repetitions of every call; a call may have its own. */
  readonly timeouts?: Partial<CallDefaults>;
  /** How repetitions are spaced, and whether tools that call themselves idempotent or reading are repeated. @default they are */
  readonly retry?: Partial<Backoff> & { readonly annotatedTools?: boolean };
  /** Whether `structuredContent` is held to the tool's `outputSchema`, where that is known. @default true */
  readonly validateOutput?: boolean;
  /** Extensions that the client speaks. */
  readonly extensions?: readonly ClientExtension[];
  /** Where verdicts on the era of servers are kept. @default memory of the client's own */
  readonly eras?: EraStore;
  /** Is told what goes wrong without failing a call. @default nothing is told */
  readonly onWarning?: (message: string) => void;
  /** Time and chance. Only for tests. @default the real ones */
  readonly environment?: Environment;
}
