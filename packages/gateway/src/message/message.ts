import {
  checkStandardHeaders,
  type Envelope,
  HEADER,
  type JSONRPCRequest,
  META,
  parseMessageStrict,
  readEnvelope,
  reject,
} from '@switchyard/wire';
import type { Head } from '../accept/head.ts';
import { nameSourceOf } from '../accept/name-source.ts';
import { type Refusal, refuseMessage } from '../refusal.ts';

/** A request whose body has been read: what its bytes say, in the one way that they can be understood. */
export interface Message {
  readonly request: JSONRPCRequest;
  readonly envelope: Envelope;
}

/**
 * Reads the body of a request. Refused is whatever another reader could understand otherwise (duplicate members, members
 * that differ in case), and what the headers contradict, by which the request has been judged so far: what is decided
 * on the message then holds for the bytes, once `refuseUnnamed` has nothing against it.
 * Spec: basic/transports/streamable-http#server-validation.
 */
export function readMessage(bytes: Uint8Array, head: Head): Message | Refusal {
  const outcome = parseMessageStrict(bytes, { maxBytes: bytes.byteLength });
  if (outcome.kind === 'error') return refuseMessage(outcome.rejection);
  if (outcome.kind !== 'request')
    return refuseMessage(reject('InvalidRequest', 'Invalid request: only requests are sent to this path'));
  const { message: request } = outcome;
  const fault = faultOfHeaders(request, head);
  if (fault !== undefined) return refuseMessage(reject('HeaderMismatch', `Header mismatch: ${fault}`));
  const read = readEnvelope(request.params);
  return read.ok ? { request, envelope: read.envelope } : refuseMessage(read.rejection);
}

/** The refusal for a message without the name that `Mcp-Name` repeats: it has been judged by a name that it does not have. */
export function refuseUnnamed({ request }: Message): Refusal | undefined {
  const source = nameSourceOf(request.method);
  if (source === undefined || typeof request.params?.[source] === 'string') return undefined;
  return refuseMessage(reject('InvalidParams', `params.${source} must be a string.`));
}

// ---

function faultOfHeaders(request: JSONRPCRequest, head: Head): string | undefined {
  const version = versionOf(request.params?.['_meta']);
  if (version !== undefined && version !== head.version) return 'MCP-Protocol-Version is not what _meta says';
  return checkStandardHeaders(request, headerOf(head), nameSourceOf(request.method));
}

function versionOf(meta: unknown): string | undefined {
  if (typeof meta !== 'object' || meta === null) return undefined;
  const version = (meta as Record<string, unknown>)[META.protocolVersion]; // any object has properties
  return typeof version === 'string' ? version : undefined;
}

function headerOf(head: Head): (name: string) => string | undefined {
  return (name) => {
    if (name === HEADER.method) return head.method;
    return name === HEADER.name ? head.name : undefined;
  };
}
