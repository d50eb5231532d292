-- ARGV: 3 receiver, 4 claim id, 5 at most (1,000), 6 lease in ms, 7 lanes.
-- Answers {now, end of the lease, when the next one can be claimed (0: never), {key, number, ids, bytes ...}}.
local receiver, id, most, lanes = ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[7])
local till = now + tonumber(ARGV[6])
local claim = P .. 'claim:' .. id
local LEASES_AT_ONCE = 1000
if receiver == '' then
  lanes = 1
end
local records, mine, taken = {}, {}, {} -- `mine`: keys that this claim holds, `taken`: those that it takes now

-- The key's pair, and its record as HMGET has it.
local function read_key(key)
  local r = redis.call('HMGET', P .. 'i:' .. key, 'n', 'c', 'j', 'd:' .. receiver)
  return pair_from(receiver, key, r[1] and r[4]), r
end

local function hand_out(key, r)
  local n = #records
  records[n + 1], records[n + 2], records[n + 3], records[n + 4] = key, r[1], r[2], r[3]
  mine[key] = true
end

-- Handed out before under this id, and not released since: the answer was lost. True when there was such an answer.
local function hand_out_again()
  local before = redis.call('LRANGE', claim, 0, -1)
  for i = 2, #before do
    local p, r = read_key(before[i])
    if p.claim == id and is_leased(p) then
      hand_out(before[i], r)
      till = p.till
    end
  end
  return #before > 0
end

local function take_pair(p, r, score)
  p.at = p.at or score -- an older version wrote it
  take_lease(p, id, till)
  save_alone(p)
  hand_out(p.key, r)
  taken[#taken + 1] = p.key
end

-- What is taken stands in the lane until it is written that it is leased: it is stepped over until then.
local function take_from_lane(set)
  local first = 0
  while #taken < most do
    local due = redis.call('ZRANGEBYSCORE', set, '-inf', int(now), 'WITHSCORES', 'LIMIT', first, most - #taken)
    for i = 1, #due, 2 do
      local p, r = read_key(due[i])
      if p.was_set == set then
        take_pair(p, r, tonumber(due[i + 1]))
        first = first + 1
      else
        redis.call('ZREM', set, due[i]) -- the record is gone, or says otherwise
      end
    end
    if #due == 0 then
      return
    end
  end
end

-- The first of a set that this claim does not hold; what it holds may all stand before it.
local function first_of_others(set, most_mine)
  local rest = redis.call('ZRANGE', set, 0, most_mine, 'WITHSCORES')
  for i = 1, #rest, 2 do
    if not mine[rest[i]] then
      return tonumber(rest[i + 1])
    end
  end
end

local function next_due()
  local soonest = first_of_others(leases_key(receiver), #records / 4)
  for lane = 0, lanes - 1 do
    local at = first_of_others(lane_key(receiver, lane), 0)
    if at and (not soonest or at < soonest) then
      soonest = at
    end
  end
  return soonest or 0
end

end_leases(receiver, LEASES_AT_ONCE)
if not hand_out_again() then
  for lane = 0, lanes - 1 do
    take_from_lane(lane_key(receiver, lane))
  end
  write_places()
end
if #taken > 0 then
  redis.call('RPUSH', claim, int(till), unpack(taken))
  redis.call('PEXPIRE', claim, int(till - now))
end
return {now, till, next_due(), records}
