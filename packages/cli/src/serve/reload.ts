import { describeError } from '../failure.ts';
import type { Loaded } from './load.ts';
import { LoadFailure } from './load-failure.ts';
import type { Switch } from './switch.ts';
import { type FileWatch, watchFiles } from './watch.ts';

/** What is needed to keep a definition fresh. */
export interface ReloadOptions {
  readonly first: Loaded;
  readonly line: Switch;
  readonly load: () => Promise<Loaded>;
  /** Told of every definition that was put in place. */
  readonly reloaded: (loaded: Loaded) => void;
  /** Told why a changed definition was not put in place. */
  readonly refused: (why: string) => void;
}

/** Loads the definition again whenever its files change. A definition that cannot be loaded changes nothing. */
export function reloadOnChange(options: ReloadOptions): FileWatch {
  const { line, load, reloaded, refused } = options;
  let served = options.first;
  let turn = 0;
  let told: string | undefined;
  const change = async (): Promise<void> => {
    turn += 1;
    const mine = turn;
    try {
      const next = await load();
      told = undefined;
      // A change that came later is being loaded, or the bytes are what is served already.
      if (mine !== turn || next.source === served.source) return next.dispose();
      line.swap(next);
      served = next;
      watch.follow(next.files);
      reloaded(next);
    } catch (error) {
      if (mine !== turn) return;
      // It may be mended in a file that it is made of, or by one that is missing.
      const files = error instanceof LoadFailure ? error.files : [];
      watch.follow([...served.files, ...files], { neighbours: true });
      // Once: a log that is written beside the definition is such a neighbour, and each word in it a change.
      const why = describeError(error);
      if (why === told) return;
      told = why;
      refused(why);
    }
  };
  const watch = watchFiles(() => void change());
  watch.follow(served.files);
  return watch;
}
