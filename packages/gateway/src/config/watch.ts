import { type FSWatcher, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readConfigText } from './load.ts';
import { type ParsedConfig, parseConfig } from './parse.ts';

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
  close(): void;
}

const DEFAULT_DEBOUNCE_MS = 200;

/**
 * Watches a configuration file. It is the directory that is watched, since editors and Kubernetes put another file, or a
 * link, in its place. The same content twice in a row is reported once.
 */
export function watchConfig(path: string, options: WatchConfigOptions): ConfigWatch {
  const { onError, debounceMs = DEFAULT_DEBOUNCE_MS } = options;
  const check = reader(path, options);
  let timer: NodeJS.Timeout | undefined;
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void check(), debounceMs);
  };
  const watcher: FSWatcher = watch(dirname(resolve(path)), { persistent: true }, soon);
  watcher.on('error', onError);
  // What changed between the reading of `current` and the start of the watch made no event.
  soon();
  return {
    check,
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

// ---

function reader(path: string, { current, onChange, onError }: WatchConfigOptions): () => Promise<void> {
  let seen = current?.text;
  return async () => {
    try {
      const text = await readConfigText(path);
      if (text === seen) return;
      seen = text;
      onChange(parseConfig(text, { file: path }));
    } catch (error) {
      onError(error);
    }
  };
}
