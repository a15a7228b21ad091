import type { ClientCapabilities, Implementation, JSONRPCNotification, Result } from '@switchyard/wire';
import {
  encodeHeaderValue,
  HEADER,
  META,
  methodInfo,
  NOTIFICATIONS,
  PROTOCOL_VERSION,
} from '@switchyard/wire';
import { ProtocolError } from '../errors.ts';
import type { HeaderBag, LinkRequest, Next, TerminatingLink, WireReply } from '../link.ts';

/** What the client says of itself on every request. */
export interface Identity {
  readonly info: Implementation;
  readonly capabilities: ClientCapabilities;
}

/** The last step before the wire: gives a request its id, its envelope and its headers, and reads the answer. */
export interface Transmitter {
  /** The revision that requests speak. */
  version: string;
  /** Sends one request, gives back its result, and throws `ProtocolError` for an error. */
  readonly send: Next;
}

/** `nameParam` tells which param a method of an extension repeats in `Mcp-Name`. */
export function createTransmitter(
  link: TerminatingLink,
  identity: Identity,
  nameParam: (method: string) => string | undefined,
): Transmitter {
  const envelopes = new Map<string, string>();
  let lastId = 0;

  const send: Next = async (request) => {
    const id = ++lastId;
    const { method, signal, notify, alive } = request;
    const { version } = transmitter;
    const reply = await link.send({
      id,
      method,
      body: bodyOf(request, id, envelopeOf(version)),
      headers: link.transport === 'http' ? headersOf(request, version, nameParam(method)) : request.headers,
      signal,
      notify: notify === undefined ? undefined : only(id, notify),
      alive,
    });
    return resultOf(reply);
  };

  const envelopeOf = (spoken: string): string => {
    const known = envelopes.get(spoken);
    if (known !== undefined) return known;
    const text = JSON.stringify({
      [META.protocolVersion]: spoken,
      [META.clientInfo]: identity.info,
      [META.clientCapabilities]: identity.capabilities,
    }).slice(1, -1);
    envelopes.set(spoken, text);
    return text;
  };

  const transmitter: Transmitter = { version: PROTOCOL_VERSION, send };
  return transmitter;
}

function bodyOf({ method, params, meta, progress }: LinkRequest, id: number, envelope: string): string {
  const more = JSON.stringify(progress ? { ...meta, [META.progressToken]: id } : meta);
  // The envelope comes last, so that nothing before it can say otherwise.
  const own = more === '{}' ? envelope : `${more.slice(1, -1)},${envelope}`;
  const rest = JSON.stringify(params).slice(1, -1);
  const head = `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":{"_meta":{${own}}`;
  return `${head}${rest === '' ? '' : `,${rest}`}}}`;
}

function headersOf(
  { method, params, headers }: LinkRequest,
  version: string,
  nameParam: string | undefined,
): HeaderBag {
  const all: Record<string, string> = { ...headers };
  all[HEADER.protocolVersion] = version;
  all[HEADER.method] = method;
  const source = nameParam ?? methodInfo(method)?.nameSource;
  const name = source === undefined ? undefined : params[source];
  if (typeof name === 'string') all[HEADER.name] = encodeHeaderValue(name);
  return all;
}

/** Lets through what belongs to this very request. Spec: basic/patterns/progress, basic/patterns/subscriptions#receiving-notifications. */
function only(
  id: number,
  notify: (notification: JSONRPCNotification) => void,
): (notification: JSONRPCNotification) => void {
  return (notification) => {
    const { method, params } = notification;
    if (method === NOTIFICATIONS.progress && params?.['progressToken'] !== id) return;
    const meta = params?.['_meta'];
    const subscription: unknown =
      typeof meta === 'object' && meta !== null ? Reflect.get(meta, META.subscriptionId) : undefined;
    if (subscription !== undefined && subscription !== id) return;
    notify(notification);
  };
}

function resultOf({ response, status, retryAfterMs }: WireReply): Result {
  if (!('error' in response)) return response.result;
  throw new ProtocolError(response.error, {
    ...(status === undefined ? {} : { status }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
