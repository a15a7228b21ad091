/** What is known of the era of a server. Serialisable. Spec: basic/versioning#terminology. */
export interface EraVerdict {
  /** `modern`: every request carries its own version; `legacy`: a session begins with `initialize`. */
  readonly era: 'modern' | 'legacy';
  /** When it was found, in milliseconds since 1970. */
  readonly at: number;
  /** What a legacy server answered, for people to read. */
  readonly seen?: string;
}

/** Where verdicts are kept, by what is dialled. Several clients may share one. */
export interface EraStore {
  get(address: string): EraVerdict | undefined;
  set(address: string, verdict: EraVerdict): void;
  delete(address: string): void;
}

/** Verdicts in memory. */
export interface EraMemory extends EraStore {
  /** All of them, to be kept and given to `eraMemory` later. */
  toJSON(): Record<string, EraVerdict>;
}

/** How many servers are remembered. */
const MAX_VERDICTS = 1000;

/** Keeps verdicts in memory, beginning with those that are given; the oldest give way. Throws `TypeError` for what are no verdicts. */
export function eraMemory(initial: Readonly<Record<string, EraVerdict>> = {}): EraMemory {
  const verdicts = new Map<string, EraVerdict>();
  const set = (address: string, verdict: EraVerdict): void => {
    verdicts.delete(address);
    verdicts.set(address, verdict);
    for (const oldest of verdicts.keys()) {
      if (verdicts.size <= MAX_VERDICTS) break;
      verdicts.delete(oldest);
    }
  };
  for (const [address, verdict] of Object.entries(initial)) {
    if (!isVerdict(verdict)) throw new TypeError(`What is given for ${address} is no verdict on its era.`);
    set(address, verdict);
  }
  return {
    get: (address) => verdicts.get(address),
    set,
    delete: (address) => void verdicts.delete(address),
    toJSON: () => Object.fromEntries(verdicts),
  };
}

function isVerdict(value: unknown): value is EraVerdict {
  if (typeof value !== 'object' || value === null) return false;
  const era: unknown = Reflect.get(value, 'era');
  return (era === 'modern' || era === 'legacy') && typeof Reflect.get(value, 'at') === 'number';
}
