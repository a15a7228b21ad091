/** Does one thing for many items at once, and answers in their order. */
export type Many<Item, Answer> = (items: readonly Item[]) => Promise<readonly Answer[]>;

/**
 * Gathers calls that are made while one is under way into the next: the busier, the more items share a write, and no call
 * waits for a timer. Where a call for several fails, each of them is tried by itself, so that one cannot fail the others.
 */
export function batched<Item, Answer>(
  many: Many<Item, Answer>,
  maxItems = 200,
): (item: Item) => Promise<Answer> {
  const waiting: Entry<Item, Answer>[] = [];
  let busy = false;
  const flush = async (): Promise<void> => {
    while (waiting.length > 0) await settle(many, waiting.splice(0, maxItems));
    busy = false;
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (busy) return;
      busy = true;
      queueMicrotask(() => void flush());
    });
}

interface Entry<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

async function settle<Item, Answer>(
  many: Many<Item, Answer>,
  entries: readonly Entry<Item, Answer>[],
): Promise<void> {
  try {
    const answers = await many(entries.map(({ item }) => item));
    // A store answers every item, in order.
    entries.forEach(({ resolve }, at) => {
      resolve(answers[at] as Answer);
    });
  } catch (error) {
    if (entries.length === 1) entries[0]?.reject(error);
    else await Promise.all(entries.map((entry) => settle(many, [entry])));
  }
}
