-- ARGV: 3 receiver, 4 claim id, 5 at most, 6 lease in ms, 7 lanes.
-- Answers {now, end of the lease, when the next one can be claimed (0: never), {key, number, ids, bytes ...}}.
local receiver, id, most, lanes = ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[7])
local till = now + tonumber(ARGV[6])
local claim = P .. 'claim:' .. id
local LEASES_AT_ONCE = 1000
if receiver == '' then
  lanes = 1
end
local records = {}

-- False when there is no such record any more.
local function add_record(key)
  local r = redis.call('HMGET', P .. 'i:' .. key, 'n', 'c', 'j')
  if not r[1] then
    return false
  end
  local n = #records
  records[n + 1], records[n + 2], records[n + 3], records[n + 4] = key, r[1], r[2], r[3]
  return true
end

end_leases(receiver, LEASES_AT_ONCE)

local next_due, taken = 0, {}
local function not_handed_out(key, score)
  if not taken[key] and (next_due == 0 or score < next_due) then
    next_due = score
  end
end

-- Handed out before under this id, and not released since: the answer was lost.
local before = redis.call('LRANGE', claim, 0, -1)
for i = 2, #before do
  local l = lease_from(redis.call('HGET', P .. 'held:' .. receiver, before[i]))
  if l and l.claim == id and l.till > now and add_record(before[i]) then
    taken[before[i]] = true
    till = l.till
  end
end

local keys, lane_of, due_of = {}, {}, {}
for lane = 0, lanes - 1 do
  local set, first = lane_key(receiver, lane), 0
  while #before == 0 and #keys < most do
    local due = redis.call('ZRANGEBYSCORE', set, '-inf', int(now), 'WITHSCORES', 'LIMIT', first, most - #keys)
    for i = 1, #due, 2 do
      local key = due[i]
      if add_record(key) then
        keys[#keys + 1] = key
        lane_of[key], due_of[key], taken[key] = tostring(lane), tonumber(due[i + 1]), true
        first = first + 1
      else
        redis.call('ZREM', set, key)
      end
    end
    if #due == 0 then
      break
    end
  end
  -- what was taken stands at the front, or (repeated) anywhere: look one further than it can reach
  local rest = redis.call('ZRANGE', set, 0, #records / 4, 'WITHSCORES')
  for i = 1, #rest, 2 do
    not_handed_out(rest[i], tonumber(rest[i + 1]))
  end
end

-- At most 1,000 keys: the words of one command.
local function lease_all()
  local held, ends, places = {}, {}, {}
  local found = redis.call('HMGET', P .. 'held:' .. receiver, unpack(keys))
  for i, key in ipairs(keys) do
    local over, lane = lease_from(found[i]), lane_of[key] -- `over`: beyond those put back above
    held[2 * i - 1] = key
    held[2 * i] = lease_value({till = till, at = over and over.at or due_of[key], lane = lane, touched = '0', claim = id})
    ends[2 * i - 1], ends[2 * i] = int(till), key
    places[lane] = places[lane] or {}
    table.insert(places[lane], int(till))
    table.insert(places[lane], key)
  end
  redis.call('HSET', P .. 'held:' .. receiver, unpack(held))
  redis.call('ZADD', P .. 'lease:' .. receiver, unpack(ends))
  redis.call('SADD', P .. 'leased', receiver)
  for lane, words in pairs(places) do
    redis.call('ZADD', lane_key(receiver, lane), unpack(words))
  end
end

if #keys > 0 then
  lease_all()
  redis.call('RPUSH', claim, int(till), unpack(keys)) -- at most 1,000
  redis.call('PEXPIRE', claim, int(till - now))
end
return {now, till, next_due, records}
