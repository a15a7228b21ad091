/** A value that changes, for any number of readers: each gets what is newest when it is ready, and the last one in any case. */
export class Latest<T> {
  readonly #readers = new Set<{ wake: () => void; news: { readonly value: T } | undefined }>();
  #end: { readonly error?: unknown } | undefined;

  set(value: T): void {
    for (const reader of this.#readers) {
      reader.news = { value };
      reader.wake();
    }
  }

  /** No more comes; an error is thrown to every reader. */
  end(error?: unknown): void {
    this.#end ??= error === undefined ? {} : { error };
    for (const reader of this.#readers) reader.wake();
  }

  /** Reads from now on. */
  read(): AsyncIterable<T> {
    const reader = { wake: (): void => undefined, news: undefined as { readonly value: T } | undefined };
    this.#readers.add(reader);
    return this.#states(reader);
  }

  async *#states(reader: { wake: () => void; news: { readonly value: T } | undefined }): AsyncGenerator<T> {
    try {
      for (;;) {
        const { news } = reader;
        reader.news = undefined;
        if (news !== undefined) yield news.value;
        else if (this.#end !== undefined) {
          if (this.#end.error !== undefined) throw this.#end.error;
          return;
        } else
          await new Promise<void>((resolve) => {
            reader.wake = resolve;
          });
      }
    } finally {
      this.#readers.delete(reader);
    }
  }
}
