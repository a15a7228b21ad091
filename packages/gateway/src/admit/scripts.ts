import { createHash } from 'node:crypto';
import type { Script } from '../state/shared-state.ts';

/**
 * Charges every key or none, by the clock of the store: instances need not agree on the time. For each key four arguments:
 * `rate`, microseconds that one token takes, microseconds that the bucket may lag, nothing; or `place`, how many, milliseconds
 * that a lease lasts, the lease. Gives 0 and 0, or which key is short for longest and for how many milliseconds.
 */
export const CHARGE: Script = script(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local worst, longest, full = 0, 0, {}
for i = 1, #KEYS do
  local at = (i - 1) * 4
  local wait = 0
  if ARGV[at + 1] == 'rate' then
    full[i] = math.max(tonumber(redis.call('GET', KEYS[i]) or '0'), now)
    wait = full[i] - now - tonumber(ARGV[at + 3])
  else
    redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
    if redis.call('ZCARD', KEYS[i]) >= tonumber(ARGV[at + 2]) then wait = 1000000 end
  end
  if wait > longest then worst, longest = i, wait end
end
if worst > 0 then return {worst, math.ceil(longest / 1000)} end
for i = 1, #KEYS do
  local at = (i - 1) * 4
  if ARGV[at + 1] == 'rate' then
    local next = full[i] + tonumber(ARGV[at + 2])
    redis.call('SET', KEYS[i], string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000) + 1)
  else
    local lease = tonumber(ARGV[at + 3])
    redis.call('ZADD', KEYS[i], string.format('%.0f', now + lease * 1000), ARGV[at + 4])
    redis.call('PEXPIRE', KEYS[i], lease)
  end
end
return {0, 0}
`);

/** Makes leases last from now on: milliseconds, then the lease of each key. A store that has forgotten them knows them again. */
export const RENEW: Script = script(`
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local lease = tonumber(ARGV[1])
for i = 1, #KEYS do
  redis.call('ZADD', KEYS[i], string.format('%.0f', now + lease * 1000), ARGV[i + 1])
  redis.call('PEXPIRE', KEYS[i], lease)
end
return 0
`);

/** Ends leases: the lease of each key. */
export const END: Script = script(`
for i = 1, #KEYS do redis.call('ZREM', KEYS[i], ARGV[i]) end
return 0
`);

// ---

function script(source: string): Script {
  return { source, sha: createHash('sha1').update(source).digest('hex') };
}
