import { SEEN } from '../columns.ts';

/** What the task ?2 with ?3 open questions is after answers. */
export const AFTER_ANSWER: string = `
UPDATE tasks SET status = CASE WHEN ?3 > 0 THEN 'input_required' ELSE 'working' END,
  due_at = CASE WHEN ?3 = 0 AND worker IS NULL THEN ?1 ELSE due_at END, ${SEEN}
WHERE id = ?2 AND status = 'input_required'
RETURNING status, worker IS NULL AND due_at IS NOT NULL AS due`;
