import type { Result } from '@switchyard/wire';
import { invalidParams } from '@switchyard/wire';
import type { CacheHint } from '../define/cache-hint.ts';
import type { Principal } from '../identity/principal.ts';
import type { Visibility } from '../identity/visibility.ts';
import { isVisible } from '../identity/visibility.ts';
import { Prepared } from './prepared.ts';

/** What a list is made of. */
export interface ListSource {
  /** The member of the result that holds the entries, such as `tools`. */
  readonly member: string;
  readonly items: readonly ListItem[];
  /** Most entries on a page; `0` puts all on one. */
  readonly pageSize: number;
  readonly cacheHint: Required<CacheHint>;
  /** Goes into every page's `_meta`. */
  readonly meta: Readonly<Record<string, unknown>> | undefined;
}

/** One entry, with the name that is unique within its list. */
export interface ListItem {
  readonly key: string;
  readonly entry: object;
  readonly visible: Visibility | undefined;
}

/** Most distinct views that are kept ready; callers beyond them get theirs made for each request. */
const MAX_VIEWS = 256;

/**
 * A list with the bytes of every page ready for each distinct view of it.
 * A cursor names the entry it comes after, so that every instance with the same definitions understands it.
 * See https://modelcontextprotocol.io/specification/2026-07-28/server/utilities/pagination.
 */
export class List {
  readonly #source: ListSource;
  readonly #rules: readonly Visibility[];
  readonly #views = new Map<string, View>();

  constructor(source: ListSource) {
    const rules = source.items.flatMap(({ visible }) => (visible === undefined ? [] : [visible]));
    // What differs between callers must never be kept for all of them.
    const cacheHint =
      rules.length === 0 ? source.cacheHint : { ...source.cacheHint, cacheScope: 'private' as const };
    this.#source = { ...source, cacheHint };
    this.#rules = rules;
    if (rules.length === 0) this.#views.set('', new View(this.#source, source.items));
  }

  /** One page; throws a -32602 `ProtocolError` for a cursor that this list did not give. */
  page(principal: Principal, cursor: string | undefined): Prepared {
    return this.#view(principal).page(cursor);
  }

  #view(principal: Principal): View {
    // Each rule is asked once: a view must hold what its key says, even where a predicate changes its mind.
    const seen = this.#rules.map((rule) => isVisible(rule, principal));
    const key = seen.map((visible) => (visible ? '1' : '0')).join('');
    const known = this.#views.get(key);
    if (known !== undefined) return known;
    const answers = seen.values();
    const items = this.#source.items.filter(
      ({ visible }) => visible === undefined || answers.next().value === true,
    );
    const view = new View(this.#source, items);
    if (this.#views.size < MAX_VIEWS) this.#views.set(key, view);
    return view;
  }
}

class View {
  readonly #source: ListSource;
  readonly #items: readonly ListItem[];
  readonly #pages = new Map<string | undefined, Prepared>();

  constructor(source: ListSource, items: readonly ListItem[]) {
    this.#source = source;
    this.#items = items;
    const size = source.pageSize === 0 ? Math.max(items.length, 1) : source.pageSize;
    for (let start = 0; start === 0 || start < items.length; start += size) {
      const before = start === 0 ? undefined : items[start - 1];
      this.#pages.set(before === undefined ? undefined : cursorAfter(before), this.#build(start));
    }
  }

  page(cursor: string | undefined): Prepared {
    const ready = this.#pages.get(cursor);
    if (ready !== undefined) return ready;
    // The definitions may have changed since the cursor was given: it holds as long as its entry is there.
    const index = this.#items.findIndex((item) => cursorAfter(item) === cursor);
    if (index < 0)
      throw invalidParams('The cursor is not valid for this list. List again from the beginning.');
    return this.#build(index + 1);
  }

  #build(start: number): Prepared {
    const { member, pageSize, cacheHint, meta } = this.#source;
    const end = pageSize === 0 ? this.#items.length : start + pageSize;
    const last = this.#items[end - 1];
    const result: Result = {
      resultType: 'complete',
      [member]: this.#items.slice(start, end).map(({ entry }) => entry),
    };
    if (end < this.#items.length && last !== undefined) result['nextCursor'] = cursorAfter(last);
    Object.assign(result, cacheHint);
    if (meta !== undefined) result._meta = { ...meta };
    return new Prepared(result);
  }
}

/** Opaque to callers, the same on every instance: base64url of the entry's key. */
function cursorAfter({ key }: ListItem): string {
  const binary = String.fromCharCode(...new TextEncoder().encode(key));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
