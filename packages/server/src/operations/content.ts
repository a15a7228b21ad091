/**
 * Holds what a handler returned to the shapes that clients can read; throws an `Error` that names the first fault.
 * Nothing of it reaches the caller: that content is broken is the server's own affair.
 * See https://modelcontextprotocol.io/specification/2026-07-28/server/tools#tool-result.
 */
export function checkBlocks(blocks: unknown, where: string): void {
  if (!Array.isArray(blocks)) throw fault(where, 'is not a list of content blocks');
  for (const [index, block] of blocks.entries()) checkBlock(block, `${where}[${index}]`);
}

/** As {@link checkBlocks}, for one block. */
export function checkBlock(block: unknown, where: string): void {
  if (!isRecord(block)) throw fault(where, 'is not a content block');
  const { type } = block;
  const check = typeof type === 'string' && Object.hasOwn(BLOCKS, type) ? BLOCKS[type] : undefined;
  if (check === undefined) throw fault(where, `has the unknown type ${String(type)}`);
  check(block, where);
}

/** As {@link checkBlocks}, for the contents of a resource. */
export function checkContents(contents: unknown, where: string): void {
  if (!isRecord(contents)) throw fault(where, 'is not the contents of a resource');
  const { uri, mimeType, text, blob } = contents;
  if (typeof uri !== 'string' || !URL.canParse(uri)) throw fault(where, 'has no valid uri');
  if (mimeType !== undefined && !isMimeType(mimeType)) throw fault(where, 'has no valid mimeType');
  if ((text === undefined) === (blob === undefined)) throw fault(where, 'must have either text or a blob');
  if (text !== undefined && typeof text !== 'string') throw fault(where, 'has a text that is none');
  if (blob !== undefined && !isBase64(blob)) throw fault(where, 'has a blob that is not Base64');
}

// ---

type Block = Record<string, unknown>;

const BLOCKS: Readonly<Record<string, (block: Block, where: string) => void>> = {
  text({ text }, where) {
    if (typeof text !== 'string') throw fault(where, 'has no text');
  },
  image: checkMedia,
  audio: checkMedia,
  resource_link({ uri, name }, where) {
    if (typeof uri !== 'string' || !URL.canParse(uri)) throw fault(where, 'has no valid uri');
    if (typeof name !== 'string') throw fault(where, 'has no name');
  },
  resource({ resource }, where) {
    checkContents(resource, `${where}.resource`);
  },
};

function checkMedia({ data, mimeType }: Block, where: string): void {
  if (!isBase64(data)) throw fault(where, 'has data that is not Base64');
  if (!isMimeType(mimeType)) throw fault(where, 'has no valid mimeType');
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const MIME_TYPE = /^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?: ?; ?[^\r\n]{0,255})?$/;

const isBase64 = (value: unknown): boolean => typeof value === 'string' && BASE64.test(value);

const isMimeType = (value: unknown): boolean => typeof value === 'string' && MIME_TYPE.test(value);

const isRecord = (value: unknown): value is Block =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fault = (where: string, what: string): Error => new Error(`${where} ${what}.`);
