/** How many live tasks the owner ?1 has, counted up to ?2. */
export const COUNT_LIVE = `
SELECT count(*) AS live FROM (SELECT 1 FROM tasks WHERE owner = ?1 AND finished_at IS NULL LIMIT ?2)`;
