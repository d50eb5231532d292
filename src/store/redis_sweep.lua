-- ARGV: 3 retention in ms, 4 at most of each kind, 5 that of hours in ms. Answers {now, 1 when another call is worth it}.
-- Members go by their TTL.
local before, most = now - tonumber(ARGV[3]), tonumber(ARGV[4])

local function forget(key)
  local record = P .. 'i:' .. key
  for _, field in ipairs(redis.call('HKEYS', record)) do
    local kind = field:sub(1, 2)
    local set = kind == 'g:' and P .. field or kind == 'd:' and pair_of(field:sub(3), key).was_set
    if set then
      put_place(set, key, false)
    end
  end
  put_place(P .. 'closed', key, false)
  put_place(P .. 'dead', key, false)
  redis.call('DEL', record)
end

local closed = redis.call('ZRANGEBYSCORE', P .. 'closed', '-inf', int(before), 'LIMIT', 0, most)
for _, key in ipairs(closed) do
  forget(key)
end
write_places()
-- Leases of receivers that nobody claims for any more.
local ended = 0
for _, receiver in ipairs(redis.call('SMEMBERS', P .. 'leased')) do
  ended = math.max(ended, end_leases(receiver, most))
  if redis.call('EXISTS', P .. 'lease:' .. receiver) == 0 then
    redis.call('SREM', P .. 'leased', receiver)
  end
end
local hours = redis.call('ZRANGEBYSCORE', P .. 'hours', '-inf', int(now - tonumber(ARGV[5]) - 3600000), 'LIMIT', 0, most)
for _, hour in ipairs(hours) do
  redis.call('UNLINK', P .. 'n:' .. hour)
  redis.call('ZREM', P .. 'hours', hour)
end
return {now, (#closed == most or #hours == most or ended == most) and 1 or 0}
