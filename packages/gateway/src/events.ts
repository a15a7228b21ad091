import type { RefusalReason } from './refusal.ts';

/** Something worth a line in a log. Never holds a body, a header value of a caller, or a credential. */
export type GatewayEvent =
  | { readonly type: 'listening'; readonly url: string; readonly servers: number }
  | { readonly type: 'reloaded'; readonly servers: number }
  | { readonly type: 'reload-refused'; readonly message: string }
  | { readonly type: 'draining'; readonly inFlight: number }
  | { readonly type: 'closed'; readonly cut: number }
  | { readonly type: 'failed'; readonly error: unknown }
  | { readonly type: 'refused'; readonly reason: RefusalReason; readonly path: string }
  | {
      readonly type: 'retrying';
      readonly server: string;
      readonly replica: string;
      readonly method: string;
      readonly why: string;
    }
  | {
      readonly type: 'upstream-failed';
      readonly server: string;
      readonly replica: string;
      readonly method: string;
      readonly why: string;
    }
  | {
      readonly type: 'replica-ejected';
      readonly server: string;
      readonly replica: string;
      readonly forMs: number;
    }
  | { readonly type: 'secret-exposed'; readonly file: string; readonly mode: string }
  | {
      readonly type: 'state-lost';
      readonly why: string;
      /** What to do about it, where it does not mend itself. */
      readonly advice?: string;
    }
  | { readonly type: 'state-back' }
  | {
      /** A definition that is not what is pinned, or hides something; told once for each definition. */
      readonly type: 'definition';
      readonly server: string;
      readonly kind: string;
      readonly name: string;
      readonly found: readonly string[];
      readonly action: 'quarantined' | 'stripped' | 'flagged';
    }
  | { readonly type: 'quota-unshared'; readonly quota: string }
  | {
      /** The answer of a shadow is not that of its server, at those places of the result. */
      readonly type: 'shadow-differs';
      readonly server: string;
      readonly method: string;
      readonly name?: string;
      readonly at: readonly string[];
    }
  | { readonly type: 'federation-keys-unshared' }
  | {
      /** Names of a server that the federation cannot offer, or that some clients cannot use. */
      readonly type: 'federation-names';
      readonly server: string;
      readonly method: string;
      readonly why: 'shadowed' | 'too-long' | 'unusual';
      readonly names: readonly string[];
    }
  | {
      readonly type: 'federation-missing';
      readonly server: string;
      readonly method: string;
      readonly why: string;
    }
  | { readonly type: 'audit-failing'; readonly why: string }
  | { readonly type: 'audit-restored'; readonly lost: number }
  | { readonly type: 'replica-returned'; readonly server: string; readonly replica: string }
  | { readonly type: 'circuit-opened'; readonly server: string; readonly forMs: number }
  | { readonly type: 'circuit-closed'; readonly server: string }
  | {
      readonly type: 'process-started';
      readonly server: string;
      readonly replica: string;
      readonly pid: number | undefined;
    }
  | {
      readonly type: 'process-ended';
      readonly server: string;
      readonly replica: string;
      /** For how long it is not started again. */
      readonly pauseMs: number;
    }
  | {
      /** A line that a process wrote to stderr, bounded. */
      readonly type: 'process-said';
      readonly server: string;
      readonly replica: string;
      readonly text: string;
    }
  | {
      readonly type: 'hedged';
      readonly server: string;
      readonly replica: string;
      readonly method: string;
    };

/** Where events go. Called synchronously; must neither throw nor block. */
export type GatewayLogger = (event: GatewayEvent) => void;
