/** Takes the turn to sweep, if the last sweep was at ?2 or before. */
export const TAKE_TURN = `
UPDATE sweeps SET swept_at = ?1 WHERE swept_at <= ?2`;
