import {
  checkStandardHeaders,
  HEADER,
  type JSONRPCRequest,
  META,
  methodInfo,
  parseMessageStrict,
  readEnvelope,
  reject,
} from '@switchyard/wire';
import type { Head } from '../accept/head.ts';
import { nameSourceOf } from '../accept/name-source.ts';
import { isRefusal, type Refusal, refuseMessage } from '../refusal.ts';
import type { KnownMessages } from './known-messages.ts';
import type { Message } from './message.ts';
import { mouldOf } from './mould.ts';

/**
 * Reads the body of a request. Refused is whatever another reader could understand otherwise (duplicate members, members
 * that differ in case), and what the headers contradict, by which the request has been judged so far: what is decided
 * on the message then holds for the bytes, once `refuseUnnamed` has nothing against it.
 * Spec: basic/transports/streamable-http#server-validation.
 */
export function readMessage(bytes: Buffer, head: Head, messages: KnownMessages): Message | Refusal {
  // What is asked again and again in the same words are lists and the like.
  const repeats = methodInfo(head.method ?? '')?.cacheable === true;
  const mould = repeats ? mouldOf(bytes) : undefined;
  const known = mould && messages.find(mould);
  const read = known ?? readRequest(bytes);
  if (isRefusal(read)) return read;
  const { request } = read;
  const fault = faultOfHeaders(request, head);
  if (fault !== undefined) return refuseMessage(reject('HeaderMismatch', `Header mismatch: ${fault}`));
  if (known !== undefined) return known;
  const outcome = readEnvelope(request.params);
  if (!outcome.ok) return refuseMessage(outcome.rejection);
  const message = { request, envelope: outcome.envelope };
  if (mould !== undefined) messages.saw(mould, message, readRequest);
  return message;
}

/** The refusal for a message without the name that `Mcp-Name` repeats: it has been judged by a name that it does not have. */
export function refuseUnnamed({ request }: Message): Refusal | undefined {
  const source = nameSourceOf(request.method);
  if (source === undefined || typeof request.params?.[source] === 'string') return undefined;
  return refuseMessage(reject('InvalidParams', `params.${source} must be a string.`));
}

// ---

/** The request in an object of its own: it may have any members, also those of a refusal. */
function readRequest(bytes: Uint8Array): Pick<Message, 'request'> | Refusal {
  const outcome = parseMessageStrict(bytes, { maxBytes: bytes.byteLength });
  if (outcome.kind === 'error') return refuseMessage(outcome.rejection);
  if (outcome.kind === 'request') return { request: outcome.message };
  return refuseMessage(reject('InvalidRequest', 'Invalid request: only requests are sent to this path'));
}

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
