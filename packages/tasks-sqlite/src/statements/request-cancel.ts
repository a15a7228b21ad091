/** Asks the worker of the task ?2 to cancel it. Changes nothing where nobody works on it. */
export const REQUEST_CANCEL = `
UPDATE tasks SET cancel_requested = 1 WHERE id = ?2 AND status = 'working' AND worker IS NOT NULL AND due_at > ?1`;
