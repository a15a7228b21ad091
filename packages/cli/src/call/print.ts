import { isDeepStrictEqual } from 'node:util';
import { EXIT } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import { visible } from './visible.ts';

type Json = Readonly<Record<string, unknown>>;

/** Prints a tool's result; returns the exit code. What a tool says of its own failure goes to standard error. */
export function printResult(result: Json, json: boolean, terminal: Terminal): number {
  const failed = result['isError'] === true;
  const code = failed ? EXIT.failed : EXIT.ok;
  if (json) {
    terminal.print(JSON.stringify(result, null, 2));
    return code;
  }
  const blocks = contentOf(result);
  const { structuredContent } = result;
  const texts = repeats(blocks, structuredContent) ? [] : blocks.map(describe);
  if (structuredContent !== undefined) texts.push(JSON.stringify(structuredContent, null, 2));
  if (texts.length === 0 && failed) texts.push('it does not say why');
  for (const [index, text] of texts.entries()) {
    const shown = terminal.shown || failed ? visible(text) : text;
    if (!failed) terminal.print(shown);
    else terminal.note(index === 0 ? `${terminal.paint('red', 'the tool failed:')} ${shown}` : shown);
  }
  return code;
}

// ---

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const contentOf = ({ content }: Json): Json[] => (Array.isArray(content) ? content.filter(isObject) : []);

/** Whether the content only says in JSON text what the structured content is, as the specification advises servers to do. */
function repeats(blocks: readonly Json[], structured: unknown): boolean {
  const [only] = blocks;
  if (structured === undefined || blocks.length !== 1 || typeof only?.['text'] !== 'string') return false;
  try {
    return isDeepStrictEqual(JSON.parse(only['text']), structured);
  } catch {
    return false;
  }
}

function describe(block: Json): string {
  switch (block['type']) {
    case 'text':
      return String(block['text']);
    case 'image':
    case 'audio':
      return `[${block['type']}, ${String(block['mimeType'])}, ${size(block['data'])}]`;
    case 'resource_link':
      return `[link to ${String(block['name'])}] ${String(block['uri'])}`;
    case 'resource':
      return embedded(block['resource']);
    default:
      return JSON.stringify(block, null, 2);
  }
}

function embedded(resource: unknown): string {
  if (!isObject(resource)) return '[a resource]';
  if (typeof resource['text'] === 'string') return resource['text'];
  return `[resource ${String(resource['uri'])}, ${String(resource['mimeType'] ?? 'unknown type')}, ${size(resource['blob'])}]`;
}

const size = (base64: unknown): string => `${Buffer.byteLength(String(base64 ?? ''), 'base64')} bytes`;
