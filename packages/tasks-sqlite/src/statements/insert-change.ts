/**
 * Tells other processes that the task ?2 was changed by the process ?1; ?3 says whether it may be claimed, ?4 whether its
 * worker is asked to cancel it.
 */
export const INSERT_CHANGE = `
INSERT INTO changes (writer, task_id, due, cancel_requested) VALUES (?1, ?2, ?3, ?4)`;
