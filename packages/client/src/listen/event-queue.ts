import type { SubscriptionEvent } from './events.ts';

/** How many events wait for a slow reader. */
const MAX_WAITING = 1000;

/** Holds events until they are read. What waits already is not added again: it says that something is to be read anew. */
export class EventQueue {
  readonly #waiting = new Map<string, SubscriptionEvent>();
  #wake: (() => void) | undefined;
  #end: { readonly error?: unknown } | undefined;
  #serial = 0;

  push(event: SubscriptionEvent): void {
    if (this.#end !== undefined) return;
    if (event.type === 'missed' || this.#waiting.size >= MAX_WAITING) {
      this.#waiting.clear();
      this.#waiting.set('missed', { type: 'missed' });
    } else this.#waiting.set(this.#keyOf(event), event);
    this.#wake?.();
  }

  /** Nothing more comes; what waits is still read. */
  end(error?: unknown): void {
    this.#end ??= error === undefined ? {} : { error };
    this.#wake?.();
  }

  /** Reads until the end; throws what it ended with. One reader at a time. */
  async *read(): AsyncGenerator<SubscriptionEvent, void, undefined> {
    for (;;) {
      for (const [key, event] of this.#waiting) {
        this.#waiting.delete(key);
        yield event;
      }
      if (this.#waiting.size > 0) continue;
      if (this.#end !== undefined) {
        if (this.#end.error !== undefined) throw this.#end.error;
        return;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #keyOf(event: SubscriptionEvent): string {
    if (event.type === 'resourceUpdated') return `${event.type} ${event.uri}`;
    return event.type === 'notification' ? `${event.type} ${this.#serial++}` : event.type;
  }
}
