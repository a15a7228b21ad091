import type { PreparedMessage } from './exchange.ts';

const decoder = new TextDecoder();

/** The whole message as text, for where it cannot be written in parts. */
export function textOf({ head, bytes }: PreparedMessage): string {
  return head + decoder.decode(bytes);
}
