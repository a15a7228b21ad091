/** Something that can be on a roster; the seat is the roster's business. */
export interface Seated {
  seat: number;
}

/** A seat for what is on no roster. */
export const NO_SEAT = -1;

/**
 * A set of short-lived things, in no order. Where a `Set` lives long and its members do not, every table it outgrows keeps
 * the members of that moment alive until the next full garbage collection; here nothing of a member stays behind.
 */
export class Roster<Member extends Seated> {
  readonly #members: Member[] = [];

  get size(): number {
    return this.#members.length;
  }

  add(member: Member): void {
    if (member.seat !== NO_SEAT) return;
    member.seat = this.#members.length;
    this.#members.push(member);
  }

  delete(member: Member): void {
    if (member.seat === NO_SEAT) return;
    const last = this.#members.pop();
    if (last !== undefined && last !== member) {
      this.#members[member.seat] = last;
      last.seat = member.seat;
    }
    member.seat = NO_SEAT;
  }

  /** The members of this moment, which may come and go while the list is read. */
  list(): Member[] {
    return this.#members.slice();
  }
}
