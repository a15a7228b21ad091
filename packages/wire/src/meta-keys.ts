/** The `_meta` keys that this revision reserves. Spec: basic/index#meta. */
export const META = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  progressToken: 'progressToken',
  traceparent: 'traceparent',
  tracestate: 'tracestate',
  baggage: 'baggage',
} as const;

/** Whether the key is well formed: an optional prefix of dotted labels and `/`, then a name, which may be empty after a prefix. Spec: basic/index#meta. */
export function isMetaKey(key: string): boolean {
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  if (slash === -1) return NAME.test(name);
  return isPrefix(key.slice(0, slash)) && (name === '' || NAME.test(name));
}

/**
 * Whether the key is MCP's to define: the second label of its prefix is `modelcontextprotocol` or `mcp`, or it is one of
 * the bare keys of this revision. False for a key that is not well formed. Spec: basic/index#meta.
 */
export function isReservedMetaKey(key: string): boolean {
  if (BARE_KEYS.has(key)) return true;
  if (!isMetaKey(key)) return false;
  const slash = key.indexOf('/');
  if (slash === -1) return false;
  const second = key.slice(0, slash).split('.')[1]?.toLowerCase();
  return second === 'modelcontextprotocol' || second === 'mcp';
}

/** Whether the text can identify an extension: a `_meta` key with a prefix and a name. Spec: basic/versioning#extension-negotiation. */
export function isExtensionId(id: string): boolean {
  return id.includes('/') && !id.endsWith('/') && isMetaKey(id);
}

const LABEL = /^[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const BARE_KEYS: ReadonlySet<string> = new Set([
  META.progressToken,
  META.traceparent,
  META.tracestate,
  META.baggage,
]);

function isPrefix(prefix: string): boolean {
  return prefix.split('.').every((label) => LABEL.test(label));
}
