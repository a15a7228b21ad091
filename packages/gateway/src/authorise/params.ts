import { decodeHeaderValue, HEADER, plainInteger } from '@switchyard/wire';
import type { Head } from '../accept/head.ts';
import { type Refusal, refuseHeader } from '../refusal.ts';

/**
 * `Mcp-Param-*` of a request, decoded, by the rest of the header's name. Refused where one cannot be read, or is an integer
 * that is not written plainly: a server could take it for something else than the policy did, which compares texts.
 */
export function paramsOf({ outbound }: Head): ReadonlyMap<string, string> | Refusal {
  const params = new Map<string, string>();
  for (let i = 0; i + 1 < outbound.length; i += 2) {
    const name = outbound[i] ?? '';
    if (!name.startsWith(HEADER.paramPrefix)) continue;
    const param = name.slice(HEADER.paramPrefix.length);
    const decoded = decodeHeaderValue(outbound[i + 1] ?? '');
    if (!decoded.ok) return refuseHeader(`${name} cannot be read: ${decoded.reason}`);
    const plain = plainInteger(decoded.value);
    if (plain !== undefined && plain !== decoded.value)
      return refuseHeader(`${name} is an integer that is not written plainly; write it ${plain}`);
    params.set(param, decoded.value);
  }
  return params;
}
