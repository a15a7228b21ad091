import type { Pin, PinBook, PinKey } from './pins.ts';

/** Approves the definition that was seen last. Rejects with `TypeError` where none waits. */
export function approvePin(book: PinBook, key: PinKey): Promise<Pin> {
  return book.change(key, ({ server, kind, name, pending, rejected }) => {
    const approved = pending ?? rejected;
    if (approved === undefined) throw nothingWaits(key);
    return { server, kind, name, approved };
  });
}

/** Rejects the definition that waits, or else the one that is approved: it stays out of sight. */
export function rejectPin(book: PinBook, key: PinKey): Promise<Pin> {
  return book.change(key, ({ server, kind, name, approved, pending }) => {
    const rejected = pending ?? approved;
    if (rejected === undefined) throw nothingWaits(key);
    const kept = pending === undefined || approved === undefined ? {} : { approved };
    return { server, kind, name, ...kept, rejected };
  });
}

// ---

function nothingWaits({ server, kind, name }: PinKey): TypeError {
  return new TypeError(`there is no definition of ${kind} "${name}" of server "${server}" to decide on`);
}
