import type { Result } from '@switchyard/wire';
import { ERRORS } from '@switchyard/wire';
import type { CallOptions } from './call/call-options.ts';
import { ClientError, ProtocolError } from './errors.ts';
import type { Params } from './link.ts';

/** Asks for one page. */
export type AskPage<Page> = (params: Params, options: CallOptions | undefined) => Promise<Page>;

/** The most pages that are followed. Against a list that never ends. */
const MAX_PAGES = 1000;

/**
 * Every page of a list. Cursors are followed as they are, an empty one too; where one is refused, the list is read again
 * from its beginning, once. Throws `ClientError` `invalid-response` where cursors come again or never end.
 * Spec: server/utilities/pagination.
 */
export async function everyPage<Page extends Result>(
  ask: AskPage<Page>,
  options: CallOptions | undefined,
): Promise<readonly Page[]> {
  const first = await ask(FIRST, options);
  if (cursorOf(first) === undefined) return [first];
  try {
    return await follow(first, ask, options);
  } catch (error) {
    const stale = error instanceof ProtocolError && error.code === ERRORS.InvalidParams.code;
    if (!stale) throw error;
    const again: CallOptions = { ...options, cache: options?.cache === 'bypass' ? 'bypass' : 'refresh' };
    return follow(await ask(FIRST, again), ask, again);
  }
}

const FIRST: Params = Object.freeze({});

async function follow<Page extends Result>(
  first: Page,
  ask: AskPage<Page>,
  options: CallOptions | undefined,
): Promise<readonly Page[]> {
  const pages = [first];
  const seen = new Set<string>();
  for (let cursor = cursorOf(first); cursor !== undefined; cursor = cursorOf(pages[pages.length - 1])) {
    if (seen.has(cursor) || pages.length >= MAX_PAGES) {
      const what = seen.has(cursor)
        ? 'comes back to a page it has given before'
        : `has more than ${MAX_PAGES} pages`;
      throw new ClientError('invalid-response', `The list ${what}.`);
    }
    seen.add(cursor);
    pages.push(await ask({ cursor }, options));
  }
  return pages;
}

function cursorOf(page: Result | undefined): string | undefined {
  const cursor = page?.['nextCursor'];
  return typeof cursor === 'string' ? cursor : undefined;
}
