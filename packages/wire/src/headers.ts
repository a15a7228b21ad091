import { decodeHeaderValue, trimBlanks } from './header-value.ts';
import { methodInfo } from './methods.ts';

/** The headers of a request, in lower case. Spec: basic/transports/streamable-http#request-metadata. */
export const HEADER = {
  protocolVersion: 'mcp-protocol-version',
  method: 'mcp-method',
  name: 'mcp-name',
  paramPrefix: 'mcp-param-',
} as const;

/**
 * What is wrong with `Mcp-Method` and `Mcp-Name` of a request, or undefined: missing, malformed, or not what the body says.
 * `nameSource` names the member of `params` that `Mcp-Name` repeats, for methods of extensions; this revision's own are known.
 * On other methods `Mcp-Name` mirrors nothing and is not looked at. What the body lacks is left to whoever checks the params.
 * Spec: basic/transports/streamable-http#server-validation.
 */
export function checkStandardHeaders(
  message: { method: string; params?: { [key: string]: unknown } },
  header: (name: string) => string | undefined,
  nameSource?: string,
): string | undefined {
  const method = header(HEADER.method);
  if (method === undefined) return 'Mcp-Method header is missing';
  if (trimBlanks(method) !== message.method) return 'Mcp-Method header does not match the method of the body';
  const source = nameSource ?? methodInfo(message.method)?.nameSource;
  return source === undefined
    ? undefined
    : faultOfName(header(HEADER.name), message.params?.[source], source);
}

function faultOfName(raw: string | undefined, value: unknown, source: string): string | undefined {
  if (raw === undefined) return 'Mcp-Name header is missing';
  const decoded = decodeHeaderValue(raw);
  if (!decoded.ok) return `Mcp-Name header is malformed: ${decoded.reason}`;
  if (typeof value !== 'string') return undefined;
  return decoded.value === value ? undefined : `Mcp-Name header does not match params.${source} of the body`;
}
