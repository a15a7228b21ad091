/** The revision this package speaks. Spec: basic/versioning. */
export const PROTOCOL_VERSION = '2026-07-28';

/** The revisions before statelessness, newest first: they begin with `initialize`. Spec: basic/versioning#terminology. */
export const LEGACY_VERSIONS: readonly string[] = Object.freeze([
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
]);

/** The version of JSON-RPC on every message. Spec: basic/index#messages. */
export const JSONRPC_VERSION = '2.0';
