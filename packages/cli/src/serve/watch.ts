import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** A watch over a changing set of files. */
export interface FileWatch {
  /** Watches these files from now on, and no others; with `neighbours`, also whatever else is in their folders. */
  follow(files: Iterable<string>, options?: { readonly neighbours: boolean }): void;
  close(): void;
}

/** How long all must be quiet before a change is told, in milliseconds: editors write a file in several steps. */
const QUIET_MS = 60;

/**
 * Calls back after any of the followed files has changed, come or gone. It is their folders that are watched, since
 * editors put another file in a file's place.
 */
export function watchFiles(changed: () => void): FileWatch {
  const folders = new Map<string, { watcher: FSWatcher; names: ReadonlySet<string> }>();
  let every = false;
  let timer: NodeJS.Timeout | undefined;
  const stir = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET_MS);
  };
  const open = (folder: string): FSWatcher | undefined => {
    try {
      const watcher = watch(folder, (_event, name) => {
        if (every || name === null || folders.get(folder)?.names.has(name) === true) stir();
      });
      // The folder has gone; following again opens it again.
      watcher.on('error', () => drop(folder));
      return watcher;
    } catch {
      return undefined;
    }
  };
  const drop = (folder: string): void => {
    folders.get(folder)?.watcher.close();
    folders.delete(folder);
  };
  return {
    follow(files, options) {
      every = options?.neighbours ?? false;
      const wanted = byFolder(files);
      for (const folder of [...folders.keys()]) if (!wanted.has(folder)) drop(folder);
      for (const [folder, names] of wanted) {
        const watcher = folders.get(folder)?.watcher ?? open(folder);
        if (watcher !== undefined) folders.set(folder, { watcher, names });
      }
    },
    close() {
      clearTimeout(timer);
      for (const folder of [...folders.keys()]) drop(folder);
    },
  };
}

// ---

function byFolder(files: Iterable<string>): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  for (const file of files) {
    const names = folders.get(dirname(file)) ?? new Set();
    folders.set(dirname(file), names.add(basename(file)));
  }
  return folders;
}
