/** What the database itself has noted of a change, in the transaction that made it. */
export interface Entry {
  readonly what: 'claim' | 'step' | 'end' | 'undone';
  readonly taskId: string;
  /** The token that the task has after the change. */
  readonly token: number;
  /** The token that the writer had, where it said so. */
  readonly said: number | null;
  /** Of a claim: how long after the end of the lease of the worker before, in milliseconds. `null` where there was none. */
  readonly lateMs: number | null;
  /** When it happened, in milliseconds since 1970, by the database's clock. */
  readonly at: number;
}

/** Triggers that note every claim, step and end, and every change of a task that was over. */
export const POSTGRES_AUDIT = (schema: string, leaseMs: number): string => `
CREATE TABLE "${schema}".audit (
  number bigserial PRIMARY KEY, what text NOT NULL, task_id text NOT NULL, token int NOT NULL, said int, late_ms bigint,
  at bigint NOT NULL DEFAULT floor(extract(epoch FROM clock_timestamp()) * 1000)
);
CREATE FUNCTION "${schema}".audit_step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO "${schema}".audit (what, task_id, token, said)
  SELECT 'step', t.id, t.token, (NEW.result::json ->> 'token')::int FROM "${schema}".tasks t WHERE t.id = NEW.task_id;
  RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER INSERT ON "${schema}".steps FOR EACH ROW EXECUTE FUNCTION "${schema}".audit_step();
CREATE FUNCTION "${schema}".audit_task() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF OLD.finished_at IS NOT NULL THEN
    INSERT INTO "${schema}".audit (what, task_id, token) VALUES ('undone', NEW.id, NEW.token);
  ELSIF NEW.token <> OLD.token THEN
    INSERT INTO "${schema}".audit (what, task_id, token, late_ms) VALUES ('claim', NEW.id, NEW.token,
      CASE WHEN OLD.worker IS NOT NULL THEN NEW.due_at - ${leaseMs} - OLD.due_at END);
  ELSIF NEW.finished_at IS NOT NULL THEN
    INSERT INTO "${schema}".audit (what, task_id, token, said)
    VALUES ('end', NEW.id, OLD.token, (NEW.result::json ->> 'token')::int);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER UPDATE ON "${schema}".tasks FOR EACH ROW EXECUTE FUNCTION "${schema}".audit_task()`;

/** The same for SQLite, statement by statement. */
export const SQLITE_AUDIT = (leaseMs: number): readonly string[] => [
  `CREATE TABLE audit (
    number INTEGER PRIMARY KEY, what TEXT NOT NULL, task_id TEXT NOT NULL, token INTEGER NOT NULL, said INTEGER,
    late_ms INTEGER, at INTEGER NOT NULL DEFAULT (CAST(unixepoch('subsec') * 1000 AS INTEGER)))`,
  `CREATE TRIGGER audit_step AFTER INSERT ON steps BEGIN
    INSERT INTO audit (what, task_id, token, said)
    SELECT 'step', id, token, json_extract(NEW.result, '$.token') FROM tasks WHERE id = NEW.task_id;
  END`,
  `CREATE TRIGGER audit_undone AFTER UPDATE ON tasks WHEN OLD.finished_at IS NOT NULL BEGIN
    INSERT INTO audit (what, task_id, token) VALUES ('undone', NEW.id, NEW.token);
  END`,
  `CREATE TRIGGER audit_claim AFTER UPDATE ON tasks WHEN OLD.finished_at IS NULL AND NEW.token <> OLD.token BEGIN
    INSERT INTO audit (what, task_id, token, late_ms) VALUES ('claim', NEW.id, NEW.token,
      CASE WHEN OLD.worker IS NOT NULL THEN NEW.due_at - ${leaseMs} - OLD.due_at END);
  END`,
  `CREATE TRIGGER audit_end AFTER UPDATE ON tasks WHEN OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL BEGIN
    INSERT INTO audit (what, task_id, token, said)
    VALUES ('end', NEW.id, OLD.token, json_extract(NEW.result, '$.token'));
  END`,
];

/** All entries, in the order of their transactions' writes. */
export const READ_AUDIT = 'SELECT what, task_id, token, said, late_ms, at FROM {audit} ORDER BY number';

/** An entry from its row. */
export function toEntry(row: Readonly<Record<string, unknown>>): Entry {
  const numberOrNull = (value: unknown): number | null => (value == null ? null : Number(value));
  return {
    what: String(row['what']) as Entry['what'], // the triggers write no other
    taskId: String(row['task_id']),
    token: Number(row['token']),
    said: numberOrNull(row['said']),
    lateMs: numberOrNull(row['late_ms']),
    at: Number(row['at']),
  };
}
