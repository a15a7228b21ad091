import type { BusEvent, EventBus } from '@switchyard/server';
import { memoryBus } from '@switchyard/server';

/**
 * A bus between sibling processes: what one publishes goes to its parent process, which passes it on to the others.
 * Without a parent that listens it reaches this process alone. It does not keep the process alive.
 */
export function parentBus(): EventBus {
  const local = memoryBus();
  process.on('message', (message) => {
    if (isShared(message)) void local.publish(message.busEvent);
  });
  process.channel?.unref();
  return {
    publish(event) {
      void local.publish(event);
      if (process.connected) process.send?.({ busEvent: event });
    },
    subscribe: (subscription) => local.subscribe(subscription),
  };
}

const isShared = (message: unknown): message is { readonly busEvent: BusEvent } =>
  typeof message === 'object' && message !== null && 'busEvent' in message;
