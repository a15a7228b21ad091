/** What of a process is exported, and where its faults are told. */
export interface TelemetryOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The name of the service where the environment gives none. */
  readonly service: string;
  /** Takes a sentence for whoever runs the process. */
  readonly warn: (text: string) => void;
}

/** Spans and metrics on their way out of the process. */
export interface Telemetry {
  /** Sends what is left and ends; waits three seconds at most. Never rejects. */
  close(): Promise<void>;
}

/** A kind of telemetry that goes to an endpoint of its own. */
export type Signal = 'traces' | 'metrics';

/** How a signal is written. */
export type Protocol = 'http/protobuf' | 'http/json';

/** What the environment asks for. */
export interface Asked extends TelemetryOptions {
  readonly signals: ReadonlyMap<Signal, Protocol>;
}
