import { decodeHeaderValue, PROTOCOL_VERSION } from '@switchyard/wire';
import { type Refusal, refuse, refuseHeader, refuseVersion } from '../refusal.ts';
import { hostAllowed, originAllowed } from './callers.ts';
import type { Head } from './head.ts';
import type { Knock } from './knock.ts';
import { nameSourceOf } from './name-source.ts';

/** One check: `undefined` goes on. */
export type Rung = (knock: Knock) => Refusal | undefined;

/**
 * What a request must pass to be let in, in order. The protocol version comes before the mirrored headers because only
 * this revision makes servers check those against the body.
 * Spec: basic/transports/streamable-http#server-validation.
 */
export const RUNGS: readonly Rung[] = [
  headersCounted,
  headersUnambiguous,
  hostNamed,
  originNamed,
  pathServed,
  methodIsPost,
  mediaType,
  bodySize,
  notSeenBefore,
  protocolVersion,
  mirroredMethod,
  mirroredNameWellFormed,
];

/** `Mcp-Name`, decoded, for the methods that have one; elsewhere the header means nothing and is passed on unread. */
export function mirroredName(head: Head): string | undefined {
  if (head.name === undefined || nameSourceOf(head.method ?? '') === undefined) return undefined;
  const decoded = decodeHeaderValue(head.name);
  return decoded.ok ? decoded.value : undefined;
}

// ---

const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
const JSON_MEDIA_TYPE = /^application\/json[ \t]*(;|$)/i;
const LONGEST_ECHO = 64;

function headersCounted({ req, plan }: Knock): Refusal | undefined {
  return req.rawHeaders.length > plan.limits.headerCount * 2 ? refuse('headers-too-large') : undefined;
}

function headersUnambiguous({ head }: Knock): Refusal | undefined {
  if (head.repeated === undefined) return undefined;
  if (head.repeated.startsWith('mcp-')) return refuseHeader(`${head.repeated} stands twice`);
  return refuse('bad-request', { message: `The header ${head.repeated} stands twice` });
}

function hostNamed({ head, target, plan }: Knock): Refusal | undefined {
  return hostAllowed(plan, target?.authority ?? head.host) ? undefined : refuse('host-not-allowed');
}

function originNamed({ head, plan }: Knock): Refusal | undefined {
  return originAllowed(plan, head.origin) ? undefined : refuse('origin-not-allowed');
}

function pathServed({ target, door }: Knock): Refusal | undefined {
  if (target === undefined)
    return refuse('bad-request', { message: 'The request target cannot be understood' });
  return door === undefined ? refuse('no-such-path') : undefined;
}

function methodIsPost({ req }: Knock): Refusal | undefined {
  return req.method === 'POST' ? undefined : refuse('method-not-allowed', { headers: ['allow', 'POST'] });
}

function mediaType({ head }: Knock): Refusal | undefined {
  const encoding = head.contentEncoding;
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    return refuse('unsupported-media-type');
  if (head.contentType === 'application/json') return undefined;
  return JSON_MEDIA_TYPE.test(head.contentType ?? '') ? undefined : refuse('unsupported-media-type');
}

function bodySize({ head, plan }: Knock): Refusal | undefined {
  const tooLarge = head.contentLength !== undefined && !(head.contentLength <= plan.limits.bodyBytes);
  return tooLarge ? refuse('body-too-large') : undefined;
}

function notSeenBefore({ head, pseudonym }: Knock): Refusal | undefined {
  return head.via?.includes(pseudonym) === true ? refuse('loop') : undefined;
}

function protocolVersion({ head }: Knock): Refusal | undefined {
  const { version } = head;
  if (version === PROTOCOL_VERSION) return undefined;
  if (version === undefined || !VISIBLE_ASCII.test(version)) {
    const what = version === undefined ? 'is missing' : 'contains invalid characters';
    return refuseHeader(`MCP-Protocol-Version ${what}; this gateway speaks ${PROTOCOL_VERSION}`);
  }
  return refuseVersion(version.slice(0, LONGEST_ECHO));
}

function mirroredMethod({ head }: Knock): Refusal | undefined {
  if (head.method === undefined) return refuseHeader('Mcp-Method is missing');
  return VISIBLE_ASCII.test(head.method) ? undefined : refuseHeader('Mcp-Method contains invalid characters');
}

function mirroredNameWellFormed({ head }: Knock): Refusal | undefined {
  if (nameSourceOf(head.method ?? '') === undefined) return undefined;
  if (head.name === undefined) return refuseHeader(`Mcp-Name is missing; ${head.method} needs it`);
  const decoded = decodeHeaderValue(head.name);
  return decoded.ok ? undefined : refuseHeader(`Mcp-Name cannot be read: ${decoded.reason}`);
}
