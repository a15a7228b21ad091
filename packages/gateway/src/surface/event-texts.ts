import { parseMessage, SseDecoder } from '@switchyard/wire';

/** The messages of a response, as texts. */
export interface EventTexts {
  /** Those before the last one. */
  readonly before: readonly string[];
  readonly last: string | Uint8Array;
}

/** The messages in a whole stream of server-sent events; `undefined` where it holds no response, or more than one. */
export function eventTexts(body: Uint8Array): EventTexts | undefined {
  const decoder = new SseDecoder({ maxEventBytes: body.byteLength });
  const before: string[] = [];
  let last: string | undefined;
  for (const { data } of [...decoder.push(body), ...decoder.end()]) {
    const { kind } = parseMessage(data, { maxBytes: body.byteLength });
    if (kind === 'notification' && last === undefined) before.push(data);
    else if (kind === 'response' && last === undefined) last = data;
    else return undefined;
  }
  return last === undefined ? undefined : { before, last };
}
