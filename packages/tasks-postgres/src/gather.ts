/** How calls are gathered. */
export interface GatherOptions<Item> {
  /** The most carried out together. */
  readonly most: number;
  /** How many groups may be on their way at once. */
  readonly atOnce: number;
  /** Two items of which it gives the same never go together. */
  readonly apart: (item: Item) => string;
  /** Whether a group that failed with this error has done nothing, so that its items can be tried one by one. */
  readonly harmless: (error: unknown) => boolean;
}

/**
 * Lets calls share what does many things in one statement: those made while earlier ones are on their way wait and go
 * together. A call that finds the way free goes at once, so that gathering costs no time.
 */
export function gather<Item, Answer>(
  together: Together<Item, Answer>,
  options: GatherOptions<Item>,
): Together<Item, Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let running = 0;

  const next = (): void => {
    while (waiting.length > 0 && running < options.atOnce) {
      const [group, rest] = split(waiting, options);
      waiting = rest;
      running += 1;
      void carryOut(together, group, options).finally(() => {
        running -= 1;
        next();
      });
    }
  };

  return (items) => {
    const answers = items.map(
      (item) => new Promise<Answer>((resolve, reject) => waiting.push({ item, resolve, reject })),
    );
    next();
    return Promise.all(answers);
  };
}

/** Does many things at once, and answers in the same order. */
export type Together<Item, Answer> = (items: readonly Item[]) => Promise<readonly Answer[]>;

// ---------------------------------------------------------------------------------------------------------------------

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** The first that may go together, and what has to wait. */
function split<Item, Answer>(
  waiting: readonly Waiting<Item, Answer>[],
  { most, apart }: GatherOptions<Item>,
): [group: Waiting<Item, Answer>[], rest: Waiting<Item, Answer>[]] {
  const group: Waiting<Item, Answer>[] = [];
  const rest: Waiting<Item, Answer>[] = [];
  const names = new Set<string>();
  for (const one of waiting) {
    const name = apart(one.item);
    if (group.length < most && !names.has(name)) group.push(one);
    else rest.push(one);
    names.add(name);
  }
  return [group, rest];
}

async function carryOut<Item, Answer>(
  together: Together<Item, Answer>,
  group: readonly Waiting<Item, Answer>[],
  options: GatherOptions<Item>,
): Promise<void> {
  try {
    const answers = await together(group.map(({ item }) => item));
    if (answers.length !== group.length) throw new Error('A statement answered for another number of items');
    for (const [index, { resolve }] of group.entries()) resolve(answers[index] as Answer); // the lengths are equal
  } catch (error) {
    if (group.length === 1 || !options.harmless(error)) for (const { reject } of group) reject(error);
    else for (const one of group) await carryOut(together, [one], options);
  }
}
