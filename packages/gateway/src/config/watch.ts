import { type FSWatcher, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readConfigText } from './load.ts';
import { type ParsedConfig, parseConfigInSlices } from './parse.ts';
import { referencedFiles, stampOf } from './referenced-files.ts';
import { inTurn } from './steps.ts';

/** What is done when the file changes. */
export interface WatchConfigOptions {
  /** What is in use already; its text is not reported again. @default the first content read is reported */
  readonly current?: ParsedConfig;
  /** Called with every new content that can be used. What it throws goes to `onError`. */
  readonly onChange: (parsed: ParsedConfig) => void;
  /** Called where a new content cannot be used (`ConfigError`), or the directory cannot be watched. */
  readonly onError: (error: unknown) => void;
  /** How long the directory must be left alone before the file is read, in milliseconds. @default 200 */
  readonly debounceMs?: number;
}

/** A running watch. */
export interface ConfigWatch {
  /** Reads the file now, whether or not it was seen to change; resolves when the callbacks have run. */
  check(): Promise<void>;
  /** Ends the watch; nothing is reported from then on. */
  close(): void;
}

const DEFAULT_DEBOUNCE_MS = 200;

/**
 * Watches a configuration file and the files that it refers to: secrets, keys, certificates. It is their directories that are
 * watched, since editors and Kubernetes put another file, or a link, in the place of one. The same content twice in a row is
 * reported once. A content is read in pieces of a few milliseconds, one content after the other.
 */
export function watchConfig(path: string, options: WatchConfigOptions): ConfigWatch {
  const { onError, debounceMs = DEFAULT_DEBOUNCE_MS } = options;
  let timer: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void check(), debounceMs);
  };
  const folders = new Folders(soon, onError);
  const follow = (files: readonly string[]) => folders.follow([path, ...files]);
  const ended = new AbortController();
  const check = inTurn(reader(path, options, { follow, ended: ended.signal }));
  follow(options.current === undefined ? [] : referencedFiles(options.current.config));
  // What changed between the reading of `current` and the start of the watch made no event.
  soon();
  return {
    check,
    close() {
      ended.abort();
      clearTimeout(timer);
      folders.follow([]);
    },
  };
}

// ---

interface Watching {
  readonly follow: (files: readonly string[]) => void;
  readonly ended: AbortSignal;
}

function reader(
  path: string,
  { current, onChange, onError }: WatchConfigOptions,
  { follow, ended }: Watching,
): () => Promise<void> {
  let seen = current?.text;
  let files: readonly string[] = current === undefined ? [] : referencedFiles(current.config);
  let stamp = stampOf(files);
  return async () => {
    try {
      const text = await readConfigText(path);
      if (ended.aborted) return;
      if (text === seen && stamp === stampOf(files)) return;
      seen = text;
      stamp = stampOf(files);
      const parsed = await parseConfigInSlices(text, { file: path });
      if (ended.aborted) return;
      files = referencedFiles(parsed.config);
      stamp = stampOf(files);
      follow(files);
      onChange(parsed);
    } catch (error) {
      if (!ended.aborted) onError(error);
    }
  };
}

/** The watched directories. */
class Folders {
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(changed: () => void, failed: (error: unknown) => void) {
    this.#changed = changed;
    this.#failed = failed;
  }

  /** Watches the directories of these files and no others. */
  follow(files: readonly string[]): void {
    const wanted = new Set(files.map((file) => dirname(resolve(file))));
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#watch(folder);
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: true }, this.#changed);
      watcher.on('error', this.#failed);
      this.#watchers.set(folder, watcher);
    } catch (error) {
      this.#failed(error);
    }
  }
}
