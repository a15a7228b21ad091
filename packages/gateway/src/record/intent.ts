import type { Exchange } from '../exchange.ts';
import type { Plan } from '../plan/plan.ts';
import { refuse } from '../refusal.ts';
import type { Outcome, Stage } from '../stage.ts';
import { Trail } from './trail.ts';

/**
 * Waits until what is about to be served is on record, once it is known who asks for it and that it is allowed; `undefined`
 * where nothing is written ahead.
 */
export function intentStage({ audit }: Plan): Stage | undefined {
  if (audit?.writeAhead !== true) return undefined;
  const mayGoOn = (written: boolean): Outcome =>
    written || audit.onLoss === 'allow' ? undefined : refuse('audit-unavailable');
  return {
    name: 'intent',
    enter(exchange: Exchange) {
      const { tap } = exchange;
      return tap instanceof Trail ? tap.announce(exchange).then(mayGoOn) : undefined;
    },
  };
}
