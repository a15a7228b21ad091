/** How many questions of the task ?1 are open. */
export const COUNT_OPEN = `
SELECT count(*) AS open FROM questions WHERE task_id = ?1 AND state = 'open'`;
