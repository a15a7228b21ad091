/** The next tool and priority after ?1 and ?2 that have tasks which may be claimed, now or later. */
export const NEXT_LANE = `
SELECT tool, rank FROM tasks WHERE due_at IS NOT NULL AND (tool, rank) > (?1, ?2) ORDER BY tool, rank LIMIT 1`;
