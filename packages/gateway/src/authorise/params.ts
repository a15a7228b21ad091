import { decodeHeaderValue, HEADER } from '@switchyard/wire';
import type { Head } from '../accept/head.ts';
import { type Refusal, refuseHeader } from '../refusal.ts';

/**
 * `Mcp-Param-*` of a request, decoded, by the rest of the header's name. Refused where one stands twice or cannot be read:
 * a server could take it for something else than the policy did.
 */
export function paramsOf({ outbound }: Head): ReadonlyMap<string, string> | Refusal {
  const params = new Map<string, string>();
  for (let i = 0; i + 1 < outbound.length; i += 2) {
    const name = outbound[i] ?? '';
    if (!name.startsWith(HEADER.paramPrefix)) continue;
    const param = name.slice(HEADER.paramPrefix.length);
    const decoded = decodeHeaderValue(outbound[i + 1] ?? '');
    if (!decoded.ok) return refuseHeader(`${name} cannot be read: ${decoded.reason}`);
    if (params.has(param)) return refuseHeader(`${name} stands twice`);
    params.set(param, decoded.value);
  }
  return params;
}
