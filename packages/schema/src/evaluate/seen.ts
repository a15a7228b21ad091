/**
 * The members and items of one value that some keyword has looked at already: what `unevaluatedProperties` and
 * `unevaluatedItems` leave alone (JSON Schema core §11).
 */
export class Seen {
  #allMembers = false;
  #firstItems = 0;
  readonly #members = new Set<string>();
  readonly #items = new Set<number>();

  /** Marks one member. */
  addMember(key: string): void {
    this.#members.add(key);
  }

  /** Marks every member. */
  addAllMembers(): void {
    this.#allMembers = true;
  }

  /** Marks one item. */
  addItem(index: number): void {
    this.#items.add(index);
  }

  /** Marks the first items. */
  addFirstItems(count: number): void {
    this.#firstItems = Math.max(this.#firstItems, count);
  }

  /** Tells whether a member is marked. */
  hasMember(key: string): boolean {
    return this.#allMembers || this.#members.has(key);
  }

  /** Tells whether an item is marked. */
  hasItem(index: number): boolean {
    return index < this.#firstItems || this.#items.has(index);
  }

  /** How many marks there are: what it takes to merge them. */
  get size(): number {
    return this.#members.size + this.#items.size;
  }

  /** Takes over the marks of a subschema that has matched. */
  merge(other: Seen): void {
    this.#allMembers ||= other.#allMembers;
    this.#firstItems = Math.max(this.#firstItems, other.#firstItems);
    for (const key of other.#members) this.#members.add(key);
    for (const index of other.#items) this.#items.add(index);
  }
}
