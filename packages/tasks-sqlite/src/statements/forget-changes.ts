/** Forgets all but the last ?1 changes. */
export const FORGET_CHANGES = `
DELETE FROM changes WHERE number <= (SELECT max(number) FROM changes) - ?1`;
