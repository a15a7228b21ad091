/** Something with a lifetime that stages of several plans share: a pool of database connections, a Redis client. */
export interface Resource {
  close(): void | Promise<void>;
}

/**
 * What stages hold beyond one request. Two plans that name the same thing get the same object, so that a reload keeps its
 * connections; it is closed when the last plan that holds it lets go.
 */
export class Resources {
  readonly #held = new Map<string, { readonly resource: Resource; holders: number }>();
  readonly #closing = new Set<Promise<void>>();

  /** The resource of that key, made by `make` where nobody holds it yet. Each `hold` wants one `release`. */
  hold<R extends Resource>(key: string, make: () => R): R {
    const held = this.#held.get(key);
    if (held !== undefined) {
      held.holders += 1;
      // A key is made of the kind of resource and what it is made from: one key, one type.
      return held.resource as R;
    }
    const resource = make();
    this.#held.set(key, { resource, holders: 1 });
    return resource;
  }

  /** Lets go of a resource; closed when nobody else holds it. */
  async release(key: string): Promise<void> {
    const held = this.#held.get(key);
    if (held === undefined) return;
    held.holders -= 1;
    if (held.holders > 0) return;
    this.#held.delete(key);
    const closed = Promise.resolve(held.resource.close());
    this.#closing.add(closed);
    await closed.finally(() => this.#closing.delete(closed));
  }

  /** Closes everything, whoever holds it: what was made last first, since it may use what was there before. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#closing);
    const all = [...this.#held.values()].reverse();
    this.#held.clear();
    for (const { resource } of all) await resource.close();
  }
}
