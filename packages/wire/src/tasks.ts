/** Identifies the Tasks extension. Spec: basic/versioning#extension-negotiation. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

/**
 * A key of `_meta` by which a client marks a request that may reach the server more than once: for one caller and tool, the same
 * key gives the same task. Ours; the extension has none.
 */
export const IDEMPOTENCY_KEY_META = 'dev.switchyard/idempotency-key';
