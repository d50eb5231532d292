-- Due times and leases: for the scripts that change them.
-- A claim does not change a due time: it moves the key's place in its lane to the end of the lease, and the lease
-- remembers the due time. So a claim steps over thousands of leased keys without looking at them.

local function int(n)
  return string.format('%.0f', n)
end

local function lane_key(receiver, lane)
  if receiver == '' then
    return P .. 'due:clock'
  end
  return P .. 'due:' .. receiver .. ':' .. lane
end

local function lease_of(receiver, key)
  local v = redis.call('HGET', P .. 'held:' .. receiver, key)
  if not v then
    return nil
  end
  local till, at, lane, touched, claim = v:match('^(%d+) (%d+) (%d+) (%d) (.*)$')
  return {till = tonumber(till), at = tonumber(at), lane = lane, touched = touched, claim = claim}
end

local function put_lease(receiver, key, l)
  local v = int(l.till) .. ' ' .. int(l.at) .. ' ' .. l.lane .. ' ' .. l.touched .. ' ' .. l.claim
  redis.call('HSET', P .. 'held:' .. receiver, key, v)
  redis.call('ZADD', P .. 'lease:' .. receiver, int(l.till), key)
end

local function drop_lease(receiver, key)
  redis.call('HDEL', P .. 'held:' .. receiver, key)
  redis.call('ZREM', P .. 'lease:' .. receiver, key)
end

-- The one place that moves a key in, out of and between lanes; `score` nil: out.
local function place(receiver, key, lane, score)
  local record, field = P .. 'i:' .. key, 'd:' .. receiver
  local old = redis.call('HGET', record, field)
  if old and (not score or old ~= lane) then
    redis.call('ZREM', lane_key(receiver, old), key)
  end
  if score then
    redis.call('ZADD', lane_key(receiver, lane), int(score), key)
    if old ~= lane then
      redis.call('HSET', record, field, lane)
    end
  elseif old then
    redis.call('HDEL', record, field)
  end
end

-- A commit says when the pair is due (0: not at all). A lease that stands keeps it from being claimed before its end.
local function set_due(receiver, key, lane, at)
  local l = lease_of(receiver, key)
  if l and l.till <= now then
    drop_lease(receiver, key)
    l = nil
  end
  if l then
    l.at, l.lane, l.touched = at, lane, at > 0 and '1' or '0'
    put_lease(receiver, key, l)
  end
  place(receiver, key, lane, at > 0 and math.max(at, l and l.till or 0) or nil)
end

-- A lease that another store gave out holds here from now on, where the pair is not leased.
local function take_lease(receiver, key, claim, till)
  local l = lease_of(receiver, key)
  if till <= now or (l and l.till > now) then
    return
  end
  local lane = redis.call('HGET', P .. 'i:' .. key, 'd:' .. receiver)
  local at = 0
  if lane then
    at = l and l.at or tonumber(redis.call('ZSCORE', lane_key(receiver, lane), key) or 0)
    place(receiver, key, lane, math.max(at, till))
  end
  put_lease(receiver, key, {till = till, at = at, lane = lane or '0', touched = '0', claim = claim})
end

-- Ends a lease that is still held under this claim id.
local function release(receiver, key, claim, due_at)
  local l = claim ~= '' and lease_of(receiver, key)
  if not l or l.claim ~= claim or l.till <= now then
    return
  end
  drop_lease(receiver, key)
  if due_at > 0 and l.touched == '0' then
    l.at = due_at
  end
  -- the record may have been swept: then nothing is due for it
  if redis.call('HEXISTS', P .. 'i:' .. key, 'n') == 1 then
    place(receiver, key, l.lane, l.at > 0 and l.at or nil)
  end
end
