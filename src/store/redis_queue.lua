-- Due times and leases: for the scripts that change them.
--
-- A pair is a receiver ('': the clock) and an incident. What is known of it is one field of the incident's record (pair_value
-- below); a sorted set says when it can be claimed. It stands in one of them at most:
--   due, and nobody has leased it    in its lane, by its due time
--   due and leased                   among the receiver's leases, by the end of the lease: a claim steps over thousands of
--                                    leased keys without looking at them
--   not due                          in none, whether it is leased or not
-- So a claim changes no due time; when the lease is over the pair goes back to where it stood (end_leases).
--
-- A script reads a pair once, changes it here, and writes at the end what is different: a command costs Redis more than all that
-- is done with its answer.

local function int(n)
  return string.format('%d', n)
end

local function lane_key(receiver, lane)
  if receiver == '' then
    return P .. 'due:clock'
  end
  return P .. 'due:' .. receiver .. ':' .. lane
end

local function leases_key(receiver)
  return P .. 'lease:' .. receiver
end

-- The command with any number of words behind the key; unpack() has only so much stack.
local function for_words(command, key, words)
  for from = 1, #words, 1000 do
    redis.call(command, key, unpack(words, from, math.min(from + 999, #words)))
  end
end

-- Where keys are to stand in sorted sets: set -> key -> score, false: not there. Written by write_places(), all of a set at
-- once; the last word counts.
local places, leased_receivers = {}, {}

local function put_place(set, key, score)
  local of = places[set]
  if not of then
    of = {}
    places[set] = of
  end
  of[key] = score
end

local function write_places()
  for set, scores in pairs(places) do
    local stand, gone = {}, {}
    for key, score in pairs(scores) do
      if score then
        stand[#stand + 1], stand[#stand + 2] = type(score) == 'number' and int(score) or score, key
      else
        gone[#gone + 1] = key
      end
    end
    for_words('ZADD', set, stand)
    for_words('ZREM', set, gone)
  end
  for_words('SADD', P .. 'leased', leased_receivers)
  places, leased_receivers = {}, {}
end

-- The set in which the pair stands, and its score; nil: in none. A record that an older version wrote does not say the score.
local function place_of(p)
  if not p.lane or p.at == 0 then
    return nil
  elseif p.till > 0 then
    return leases_key(p.receiver), p.till
  end
  return lane_key(p.receiver, p.lane), p.at
end

-- `value`: the record's field for this receiver, false where there is none.
local function pair_from(receiver, key, value)
  local p = {receiver = receiver, key = key, was = value, till = 0, at = 0}
  if value and value ~= '' then
    local lane, at, till, touched, claim = value:match('^(%d+) ?(%d*) ?(%d*) ?(%d?) ?(.*)$')
    p.lane, p.at, p.till, p.touched, p.claim = lane, tonumber(at), tonumber(till) or 0, touched, claim
    p.was_set, p.was_score = place_of(p)
  end
  return p
end

local function pair_of(receiver, key)
  return pair_from(receiver, key, redis.call('HGET', P .. 'i:' .. key, 'd:' .. receiver))
end

-- "<lane> <due>", and behind it, while it is leased, " <end of the lease> <touched> <claim id>"; due 0: it is not. `touched`:
-- "1" when a commit has made it due under the lease. Nil: there is nothing to say of it.
local function pair_value(p)
  if p.till > 0 then
    return string.format('%s %d %d %s %s', p.lane or '0', p.at or 0, p.till, p.touched, p.claim)
  elseif p.lane and p.at ~= 0 then
    return p.at and string.format('%s %d', p.lane, p.at) or p.lane
  end
end

-- What has changed. The record's own fields are left to who calls: names and values in `fields`, names of those that go in
-- `gone`.
local function save_pair(p, fields, gone)
  local set, score = place_of(p)
  if p.was_set and p.was_set ~= set then
    put_place(p.was_set, p.key, false)
  end
  if set and (set ~= p.was_set or score ~= p.was_score) then
    put_place(set, p.key, score)
    if p.till > 0 and not leased_receivers[p.receiver] then
      leased_receivers[p.receiver], leased_receivers[#leased_receivers + 1] = true, p.receiver
    end
  end
  local value = pair_value(p)
  if value and value ~= p.was then
    fields[#fields + 1], fields[#fields + 2] = 'd:' .. p.receiver, value
  elseif p.was and not value then
    gone[#gone + 1] = 'd:' .. p.receiver
  end
end

local function save_alone(p)
  local fields, gone = {}, {}
  save_pair(p, fields, gone)
  for_words('HSET', P .. 'i:' .. p.key, fields)
  for_words('HDEL', P .. 'i:' .. p.key, gone)
end

local function is_leased(p)
  return p.till > now
end

local function drop_lease(p)
  p.till, p.touched, p.claim = 0, nil, nil
end

-- Leases that are over, at most so many: the keys go back to where they stand by their due time.
local function end_leases(receiver, most)
  local set = leases_key(receiver)
  local over = redis.call('ZRANGEBYSCORE', set, '-inf', int(now), 'LIMIT', 0, most)
  for _, key in ipairs(over) do
    local p = pair_of(receiver, key)
    put_place(set, key, false) -- whatever the record says of it
    if p.was and not is_leased(p) then
      drop_lease(p)
      save_alone(p)
    end
  end
  write_places()
  return #over
end

-- A commit says when the pair is due (0: not at all). A lease that stands keeps it from being claimed before its end.
local function set_due(p, lane, at)
  if is_leased(p) then
    p.touched = at > 0 and '1' or '0'
  else
    drop_lease(p)
  end
  p.lane, p.at = lane, at
end

-- A lease that another store gave out, or that a commit takes, holds from now on, where the pair is not leased.
local function take_lease(p, claim, till)
  if till <= now or is_leased(p) then
    return
  end
  if not p.at then -- an older version wrote it
    p.at = tonumber(redis.call('ZSCORE', p.was_set, p.key) or 0)
  end
  p.lane, p.till, p.touched, p.claim = p.lane or '0', till, '0', claim
end

-- Ends a lease that is still held under this claim id; the record is there.
local function release(p, claim, due_at)
  if claim == '' or p.claim ~= claim or not is_leased(p) then
    return
  end
  if due_at > 0 and p.touched == '0' then
    p.at = due_at
  end
  drop_lease(p)
end
