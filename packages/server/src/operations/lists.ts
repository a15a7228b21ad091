import { reject } from '@switchyard/wire';
import type { List } from '../snapshot/list.ts';
import type { Prepared } from '../snapshot/prepared.ts';
import type { Operation } from '../walk.ts';

/** `tools/list` and its kin: one ready-made page. */
export function listOperation(method: string, list: List): Operation {
  return {
    method,
    prepare(walk) {
      const { cursor } = walk.params;
      return cursor === undefined || typeof cursor === 'string'
        ? undefined
        : reject('InvalidParams', 'params.cursor must be a string.');
    },
    // `prepare` has seen that the cursor is a string where there is one.
    run: (walk) => list.page(walk.principal, walk.params['cursor'] as string | undefined),
  };
}

/** `server/discover`: one ready-made result. */
export function discoverOperation(result: Prepared): Operation {
  return { method: 'server/discover', prepare: () => undefined, run: () => result };
}
