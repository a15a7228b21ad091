/** The number of the last change. */
export const LAST_CHANGE = `
SELECT coalesce(max(number), 0) AS number FROM changes`;
