import { HELD, SEEN } from '../columns.ts';

/** What a task with ?4 open questions is after asking; ?5 says whether its worker gives it up. */
export const AFTER_ASK: string = `
UPDATE tasks SET status = CASE WHEN ?4 > 0 THEN 'input_required' ELSE 'working' END,
  worker = CASE WHEN ?5 THEN NULL ELSE worker END,
  due_at = CASE WHEN NOT ?5 THEN due_at WHEN ?4 > 0 THEN NULL ELSE ?1 END, ${SEEN}
WHERE ${HELD}
RETURNING version`;
