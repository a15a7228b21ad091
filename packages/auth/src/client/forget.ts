import { createSession, type Session } from './session.ts';

/** Removes the tokens. What is still under way brings none any more: the session that follows begins with nothing. */
export async function forgetTokens(session: Session): Promise<void> {
  session.forgotten = true;
  session.tokens = undefined;
  session.unsaved = undefined;
  await session.store.remove(session.key);
}

/** The session that follows one whose tokens are forgotten. */
export function sessionAfter({ options, store }: Session): Session {
  const next = createSession({ ...options, store });
  next.loaded = true;
  return next;
}
