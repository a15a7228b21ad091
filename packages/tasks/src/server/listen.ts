import type { JSONObject } from '@switchyard/wire';
import { invalidParams } from '@switchyard/wire';
import type { Follower } from './follow.ts';
import type { ListenFieldLike } from './host.ts';
import type { MethodParts } from './methods.ts';
import { ownerOf } from './owner.ts';
import { warnOfUnasked } from './warnings.ts';
import { toDetailedTask } from './wire-task.ts';

/** What listening works with. */
export interface ListenParts extends MethodParts {
  readonly follower: Follower;
  /** Most tasks of one stream. */
  readonly most: number;
}

/** The field `taskIds` of the filter of `subscriptions/listen`. Tasks: Task Notifications. */
export function taskIdsField({ engine, host, follower, most }: ListenParts): ListenFieldLike {
  return {
    undeclared: 'refuse',
    async accept(wish, ctx) {
      if (!isStrings(wish)) throw invalidParams('params.notifications.taskIds must be a list of task ids.');
      if (wish.length > most) throw invalidParams(`One stream can follow at most ${most} tasks.`);
      const owner = await ownerOf(host(), ctx);
      const tasks = await Promise.all([...new Set(wish)].map((id) => engine.get(id, owner)));
      const agreed = tasks.flatMap((task) => (task === undefined ? [] : [task.id]));
      // All that the stream needs of its request for as long as it lives.
      const caller = { clientCapabilities: ctx.clientCapabilities };
      // A stream for nothing but tasks that the caller does not have ends by itself.
      if (agreed.length === 0) return { agreed, topics: [] };
      return {
        agreed,
        topics: [],
        follow(send) {
          const leaving = agreed.map((id) =>
            follower.follow(id, owner, (task) => {
              warnOfUnasked(host(), task, caller);
              // A task is JSON; its type is only narrower.
              send('notifications/tasks', toDetailedTask(task) as unknown as JSONObject);
            }),
          );
          return () => {
            for (const leave of leaving) leave();
          };
        },
      };
    },
  };
}

const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');
