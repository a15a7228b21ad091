/** What others than ?2 have changed since the number ?1. */
export const SELECT_CHANGES = `
SELECT number, task_id, due, cancel_requested FROM changes WHERE number > ?1 AND writer <> ?2 ORDER BY number LIMIT 1000`;
