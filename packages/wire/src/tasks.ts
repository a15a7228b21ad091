/** Identifies the Tasks extension. Spec: basic/versioning#extension-negotiation. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';
