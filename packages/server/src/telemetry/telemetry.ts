import type { Envelope, JSONRPCRequest, RequestId } from '@switchyard/wire';
import type { Transport } from '../exchange.ts';
import type { Outcome } from '../snapshot/prepared.ts';

/** What telemetry looks at in a request. */
export interface Observable {
  readonly request: JSONRPCRequest | undefined;
  readonly id: RequestId | undefined;
  /** What the request names: a tool, a prompt, a URI. */
  readonly name: string | undefined;
  readonly caller: Envelope;
  readonly exchange: { readonly transport: Transport };
}

/** Watches operations. The default watches nothing and costs nothing. */
export interface Telemetry {
  /** Begins to watch one operation, or `undefined` where nobody wants to know. */
  start(request: Observable): OperationSpan | undefined;
  /** Loads what it needs; serving waits for it once. */
  ready?(): Promise<void>;
}

/** One operation being watched. */
export interface OperationSpan {
  /** Runs a function with this span as the active one. */
  within<T>(run: () => T): T;
  /** Ends it, with what was thrown or what it came to. */
  end(error: unknown, outcome?: Outcome): void;
}

/** Watches nothing. */
export const noTelemetry: Telemetry = { start: () => undefined };
