-- Due times and leases: for the scripts that change them.
-- A claim does not change a due time: it moves the key's place in its lane to the end of the lease, and the lease
-- remembers the due time. So a claim steps over thousands of leased keys without looking at them.
--
-- A pair is a receiver ('': the clock) and an incident. A script reads it once, changes it here, and writes at the end what
-- is different: a command costs Redis more than all that is done with its answer.

local function int(n)
  return string.format('%d', n)
end

local function lane_key(receiver, lane)
  if receiver == '' then
    return P .. 'due:clock'
  end
  return P .. 'due:' .. receiver .. ':' .. lane
end

local function lease_from(value)
  if not value then
    return nil
  end
  local till, at, lane, touched, claim = value:match('^(%d+) (%d+) (%d+) (%d) (.*)$')
  return {till = tonumber(till), at = tonumber(at), lane = lane, touched = touched, claim = claim}
end

local function lease_value(l)
  return string.format('%d %d %s %s %s', l.till, l.at, l.lane, l.touched, l.claim)
end

-- `lane`: what the record's field d:<receiver> says, false where there is none.
local function pair_with(receiver, key, lane)
  local lease = lease_from(redis.call('HGET', P .. 'held:' .. receiver, key))
  return {receiver = receiver, key = key, lane = lane, was_lane = lane, lease = lease, was_till = lease and lease.till}
end

local function pair_of(receiver, key)
  return pair_with(receiver, key, redis.call('HGET', P .. 'i:' .. key, 'd:' .. receiver))
end

-- The one place that moves a key in, out of and between lanes; `score` nil: out.
local function place(p, lane, score)
  p.lane, p.score = score and lane or false, score
end

local function put_lease(p, l)
  p.lease, p.lease_changed = l, true
end

-- HSET or HDEL of any number of words; unpack() has only so much stack.
local function for_words(command, key, words)
  for from = 1, #words, 1000 do
    redis.call(command, key, unpack(words, from, math.min(from + 999, #words)))
  end
end

-- Writes what has changed. What the record's own fields become is left to who calls: names and values in `fields`, names of
-- those that go in `gone`.
local function save_pair(p, fields, gone)
  local receiver, key = p.receiver, p.key
  if p.was_lane and p.was_lane ~= p.lane then
    redis.call('ZREM', lane_key(receiver, p.was_lane), key)
  end
  if p.score then
    redis.call('ZADD', lane_key(receiver, p.lane), int(p.score), key)
  end
  if p.lane and p.lane ~= p.was_lane then
    fields[#fields + 1], fields[#fields + 2] = 'd:' .. receiver, p.lane
  elseif p.was_lane and not p.lane then
    gone[#gone + 1] = 'd:' .. receiver
  end
  if p.lease_changed and p.lease then
    redis.call('HSET', P .. 'held:' .. receiver, key, lease_value(p.lease))
    if p.lease.till ~= p.was_till then
      redis.call('ZADD', P .. 'lease:' .. receiver, int(p.lease.till), key)
    end
    if not p.was_till then
      redis.call('SADD', P .. 'leased', receiver)
    end
  elseif p.lease_changed and p.was_till then
    redis.call('HDEL', P .. 'held:' .. receiver, key)
    redis.call('ZREM', P .. 'lease:' .. receiver, key)
  end
end

local function save_alone(p)
  local fields, gone = {}, {}
  save_pair(p, fields, gone)
  for_words('HSET', P .. 'i:' .. p.key, fields)
  for_words('HDEL', P .. 'i:' .. p.key, gone)
end

-- Leases that are over, at most so many: the keys go back to where they stand by their due time.
local function end_leases(receiver, most)
  local over = redis.call('ZRANGEBYSCORE', P .. 'lease:' .. receiver, '-inf', int(now), 'LIMIT', 0, most)
  for _, key in ipairs(over) do
    local p = pair_of(receiver, key)
    local l = p.lease
    p.was_till = p.was_till or 0 -- it stands in the set, whatever else is there of it
    put_lease(p, nil)
    if l and l.at > 0 and p.lane then
      place(p, l.lane, l.at)
    end
    save_alone(p)
  end
  return #over
end

-- A commit says when the pair is due (0: not at all). A lease that stands keeps it from being claimed before its end.
local function set_due(p, lane, at)
  local l = p.lease
  if l and l.till <= now then
    put_lease(p, nil)
    l = nil
  end
  if l then
    l.at, l.lane, l.touched = at, lane, at > 0 and '1' or '0'
    put_lease(p, l)
  end
  p.due = at
  place(p, lane, at > 0 and math.max(at, l and l.till or 0) or nil)
end

-- A lease that another store gave out holds here from now on, where the pair is not leased.
local function take_lease(p, claim, till)
  local l = p.lease
  if till <= now or (l and l.till > now) then
    return
  end
  local at = 0
  if p.lane then
    at = l and l.at or p.due or tonumber(redis.call('ZSCORE', lane_key(p.receiver, p.lane), p.key) or 0)
    place(p, p.lane, math.max(at, till))
  end
  put_lease(p, {till = till, at = at, lane = p.lane or '0', touched = '0', claim = claim})
end

-- Ends a lease that is still held under this claim id; the record is there.
local function release(p, claim, due_at)
  local l = claim ~= '' and p.lease
  if not l or l.claim ~= claim or l.till <= now then
    return
  end
  put_lease(p, nil)
  if due_at > 0 and l.touched == '0' then
    l.at = due_at
  end
  place(p, l.lane, l.at > 0 and l.at or nil)
end
