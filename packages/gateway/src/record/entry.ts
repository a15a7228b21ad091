import type { Note } from '../note.ts';

/** The version of the form of records. */
export const ENTRY_VERSION = 1;

/** One record of the audit trail, as it is hashed and kept. Absent members are not known, or mean nothing there. */
export type AuditEntry = RequestEntry | TurnedAwayEntry | MarkEntry | CheckpointEntry;

/** A request that was let in (`request`), or, with `writeAhead`, that is about to be served (`intent`). */
export interface RequestEntry {
  readonly v: 1;
  /** When the request came; milliseconds since the epoch. */
  readonly at: number;
  readonly event: 'request' | 'intent';
  /** What intent and request of one exchange have in common. */
  readonly exchange?: string;
  readonly who: WhoEntry;
  readonly what: WhatEntry;
  readonly server?: { readonly name: string; readonly replica?: string };
  readonly decisions?: readonly Note[];
  readonly outcome?: OutcomeEntry;
  /** Until the response was over, in milliseconds. */
  readonly ms?: number;
  readonly request?: BodyEntry;
  readonly response?: BodyEntry;
  readonly trace?: string;
}

/** Who sent a request, as far as it was established. */
export interface WhoEntry {
  readonly by: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly client?: string;
  readonly tenant?: string;
  readonly address?: string;
}

/** What a request asked for. */
export interface WhatEntry {
  readonly method?: string;
  readonly name?: string;
  /** What the path led to. */
  readonly door?: string;
  readonly path?: string;
}

/** How a request ended. */
export interface OutcomeEntry {
  readonly status?: number;
  /** Whether the response went out whole. */
  readonly complete: boolean;
  /** Why the gateway itself answered. */
  readonly refusedFor?: string;
  /** `complete`, `input_required`, `task` or another `resultType`; `error` for a JSON-RPC error. */
  readonly result?: string;
  /** The code of the JSON-RPC error. */
  readonly code?: number;
  /** A tool has said that it failed. */
  readonly isError?: true;
  /** The names or URIs in a list, as the caller got to see them. */
  readonly listed?: readonly string[];
}

/** A body that came or went. */
export interface BodyEntry {
  readonly bytes: number;
  /** Of the bytes, base64url. */
  readonly sha256?: string;
  /** The body itself, as JSON, with what is to be blacked out blacked out. */
  readonly content?: unknown;
  /** Why the contents are not there. */
  readonly omitted?: 'too-large' | 'not-json' | 'too-deep';
}

/** A request that was not let in. */
export interface TurnedAwayEntry {
  readonly v: 1;
  readonly at: number;
  readonly event: 'turned-away';
  readonly who: WhoEntry;
  readonly what: WhatEntry & {
    readonly httpMethod?: string;
    readonly host?: string;
    readonly origin?: string;
  };
  readonly outcome: OutcomeEntry;
}

/** Something about the record itself, or done to the gateway. */
export interface MarkEntry {
  readonly v: 1;
  readonly at: number;
  readonly event: 'start' | 'stop' | 'lost' | 'turned-away-more' | 'pruned' | 'reload' | 'admin';
  readonly [more: string]: unknown;
}

/** Vouches for everything before it. */
export interface CheckpointEntry {
  readonly v: 1;
  readonly at: number;
  readonly event: 'checkpoint';
  readonly key?: string;
  readonly signature?: string;
}

/** A mark of now. */
export function markEntry(
  at: number,
  event: MarkEntry['event'],
  more: Readonly<Record<string, unknown>> = {},
): MarkEntry {
  return { v: ENTRY_VERSION, at, event, ...more };
}

/** The text of a record: members in the order that they were written in, without what no database keeps as it is. */
export function entryText(entry: AuditEntry): string {
  const text = JSON.stringify(entry);
  return text.includes('\\u') ? text.replace(ESCAPE, kept) : text;
}

// ---

/** One escape of JSON, from its backslash on, so that none is taken for the end of another; NUL and halves of pairs whole. */
const ESCAPE = /\\(?:u(?:0000|d[89a-f][0-9a-f]{2})|.)/g;
const SHORT_ESCAPE = 2;

/** PostgreSQL takes neither NUL nor halves of pairs. */
function kept(found: string): string {
  return found.length === SHORT_ESCAPE ? found : '\ufffd';
}
