import type { RequestCredentials } from '@switchyard/auth/resource';
import type { Exchange } from '../exchange.ts';
import type { Lock } from './lock.ts';

/** A request whose sender is asked for. */
export class Asked implements RequestCredentials {
  readonly exchange: Exchange;
  readonly lock: Lock;
  readonly needs: readonly string[];
  certificate: string | undefined = undefined;

  constructor(exchange: Exchange, lock: Lock, needs: readonly string[]) {
    this.exchange = exchange;
    this.lock = lock;
    this.needs = needs;
  }

  get verb(): string {
    return this.exchange.req.method ?? '';
  }

  header(name: string): string | undefined {
    const { authorization, dpop } = this.exchange.request.head;
    return name === 'authorization' ? authorization : name === 'dpop' ? dpop : undefined;
  }
}
