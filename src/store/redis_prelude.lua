-- Every script begins with this one.
-- KEYS[1] is any key of ours: it tells a cluster the slot. All keys share the hash tag in the prefix, so the rest is
-- put together here. ARGV[1] is the prefix, ARGV[2] the not-after in ms of Redis' clock (0: none; it only reads).
-- Commands of Redis 6.2 only.
--
--   i:<key>                 hash: n version, c last commit ids (newest first), j JSON, o open, s since, x dead,
--                           d:<receiver> when it is due for that receiver ('': its clock) and who has leased it
--                           (redis_queue.lua), g:<group> for each that it is in
--   m:<source>:<fp>         string: see redis_member.lua; forgotten by its TTL
--   g:<group>               sorted set, all 0: the keys of the records that have a row of this group
--   due:<receiver>:<lane>, due:clock
--                           sorted set of keys by their due time, those that nobody has leased
--   lease:<receiver>        sorted set: due keys that are leased, by the end of the lease
--   leased                  set: the receivers that have leases
--   claim:<id>              list: end of the lease, keys handed out; gone with the lease
--   open, closed, dead      sorted sets of keys by `since`
--   n:<hour>, hours         hash: field -> count; sorted set of the hours there are
--   tally:<id>              string: counters were added under this id; forgotten by its TTL
--   kept                    hash: name -> value (redis_keep.lua)
--   format                  string: what this is (redis_probe.lua)
local P = ARGV[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local not_after = tonumber(ARGV[2])
if not_after > 0 and now >= not_after then
  return redis.error_reply('NOTAFTER ' .. string.format('%.0f', now))
end
