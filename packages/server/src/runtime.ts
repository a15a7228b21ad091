import type { Environment } from './environment.ts';
import type { Authenticate } from './identity/principal.ts';
import type { InFlight } from './in-flight.ts';
import type { RoundStates } from './input/round-state.ts';
import type { CrossOrigin } from './ladder/cross-origin.ts';
import type { HostPolicy } from './ladder/host-policy.ts';
import type { RateLimiter } from './ladder/rate-limit.ts';
import type { ResolvedLimits } from './limits.ts';
import type { AuthorizeSubscription } from './subscriptions/authorize.ts';
import type { Hub } from './subscriptions/hub.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

/** Where a server says what its operator should know. Nothing of it reaches a caller. */
export interface Reports {
  /** An error that was hidden from the caller, with the reference that the caller was given. */
  readonly onError: (error: unknown, info: { readonly reference: string; readonly where: string }) => void;
  /** Something to mend: a default that does not suit production, a deprecated feature in use. */
  readonly onWarning: (message: string) => void;
}

/** The parts of a server that outlive a snapshot, as requests use them. */
export class Runtime {
  readonly limits: ResolvedLimits;
  readonly environment: Environment;
  readonly hosts: HostPolicy;
  /** Absent where no page of another origin is let in, and until the first snapshot is made. */
  crossOrigin: CrossOrigin | undefined;
  readonly authenticate: Authenticate | undefined;
  readonly authorizeSubscription: AuthorizeSubscription | undefined;
  readonly rateLimit: RateLimiter | undefined;
  readonly roundStates: RoundStates;
  readonly hub: Hub;
  readonly telemetry: Telemetry;
  readonly inFlight: InFlight;
  /** Whether the server declares the deprecated logging capability. */
  readonly logging: boolean;
  /** Set once the server takes no new requests. */
  closing = false;
  /** Tells extensions that the server closes. Set with every snapshot. */
  closeExtensions: ((timeoutMs: number) => Promise<void>) | undefined;
  readonly #reports: Reports;
  readonly #warned = new Set<string>();

  constructor(parts: RuntimeParts) {
    this.limits = parts.limits;
    this.environment = parts.environment;
    this.hosts = parts.hosts;
    this.authenticate = parts.authenticate;
    this.authorizeSubscription = parts.authorizeSubscription;
    this.rateLimit = parts.rateLimit;
    this.roundStates = parts.roundStates;
    this.hub = parts.hub;
    this.telemetry = parts.telemetry;
    this.inFlight = parts.inFlight;
    this.logging = parts.logging;
    this.#reports = parts.reports;
  }

  /** Loads what only some servers need, before the first of them serves. */
  async ready(): Promise<void> {
    await this.roundStates.ready();
    if (this.hosts.origins === undefined || this.crossOrigin !== undefined) return;
    const { crossOrigin } = await import('./ladder/cross-origin.ts');
    this.crossOrigin = crossOrigin(this.hosts, this.hosts.origins);
  }

  /** Takes no new requests, ends streams gracefully, waits for what is under way, and then stops it. */
  async close(timeoutMs: number): Promise<void> {
    this.closing = true;
    this.hub.close();
    let stopTimer: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      stopTimer = this.environment.every(Math.max(timeoutMs, 1), resolve);
    });
    await Promise.race([Promise.all([this.inFlight.idle(), this.closeExtensions?.(timeoutMs)]), late]);
    stopTimer?.();
    this.inFlight.stopAll();
  }

  /** Reports an error that the caller must not see; returns the reference to give instead. */
  reportError(error: unknown, where: string): string {
    const reference = randomReference();
    this.#reports.onError(error, { reference, where });
    return reference;
  }

  /** Says once what the operator should mend. */
  warnOnce(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#reports.onWarning(message);
  }
}

/** What a runtime is made of. */
export interface RuntimeParts
  extends Pick<
    Runtime,
    | 'limits'
    | 'environment'
    | 'hosts'
    | 'authenticate'
    | 'authorizeSubscription'
    | 'rateLimit'
    | 'roundStates'
    | 'hub'
    | 'telemetry'
    | 'inFlight'
    | 'logging'
  > {
  readonly reports: Reports;
}

/** Eight random hexadecimal digits: enough to find one line in a log. */
function randomReference(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return number.toString(16).padStart(8, '0');
}
