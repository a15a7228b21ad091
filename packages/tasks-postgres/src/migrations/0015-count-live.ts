/**
 * How many live tasks an owner has, counted so that no two transactions that make tasks of that owner can together pass `most`: the
 * lock is held before the count begins and until the tasks that are made by it are there for all to see.
 *
 * Far from the limit many share the lock. Each adds so few that all connections of the database at once stay below what is left: up
 * to half of the limit by the newest count, and the other half divided by the connections. Whoever adds more, or is nearer, has the
 * lock alone. What was shared is let go of first, so that two who are near do not wait for each other.
 */
export const sql = `
CREATE FUNCTION {schema}.live_tasks(of_owner text, most integer, adding integer) RETURNS integer LANGUAGE plpgsql AS $function$
DECLARE
  kind CONSTANT integer := 1937209702;
  key CONSTANT integer := hashtext(of_owner);
  half CONSTANT integer := most / 2;
  live integer;
BEGIN
  IF adding <= half / current_setting('max_connections')::integer THEN
    BEGIN
      PERFORM pg_advisory_xact_lock_shared(kind, key);
      SELECT count(*) INTO live FROM (
        SELECT FROM {schema}.tasks t WHERE t.owner = of_owner AND t.finished_at IS NULL LIMIT half
      ) counted;
      IF live + adding <= half THEN
        RETURN live;
      END IF;
      RAISE EXCEPTION USING ERRCODE = 'SY001';
    EXCEPTION WHEN SQLSTATE 'SY001' THEN
      NULL;
    END;
  END IF;
  PERFORM pg_advisory_xact_lock(kind, key);
  RETURN (SELECT count(*) FROM (
    SELECT FROM {schema}.tasks t WHERE t.owner = of_owner AND t.finished_at IS NULL LIMIT most
  ) counted);
END
$function$`;
