-- ARGV: 3 fields an hour may have, 4 commit ids to keep, 5 keys a group may have; then commits, one behind the other. Each:
-- how many words follow, then key, expected number, expected commit id, commit id, bytes, open, since, dead, clock_at (-1:
-- it stays),
-- receiver and claim id to release, "1" where it conflicts with a lease that stands, leases (receiver, claim id, end),
-- members (each: name, before, after, ttl), dues (receiver, lane, at), counts (field, add, hour or 0), groups (-1: they
-- stay), each led by its number.
-- Answers {now, the version that each has made, 0 for one that conflicts, an error for one that fails ...}. Of each commit
-- nothing is written before all of it has been checked; what one writes the next one sees.
local most_fields, most_ids, most_keys = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local CHUNK = 500 -- unpack() has only so much stack
local at
local function next_arg()
  at = at + 1
  return ARGV[at - 1]
end

-- Without when it was touched.
local function facts(value)
  return value:sub((value:find(' ', 1, true) or 0) + 1)
end

-- `count` of them, from ARGV[first] on.
local function are_as_expected(first, count)
  for from = 0, count - 1, CHUNK do
    local names = {}
    for i = from, math.min(from + CHUNK, count) - 1 do
      names[#names + 1] = P .. 'm:' .. ARGV[first + 4 * i]
    end
    local values = redis.call('MGET', unpack(names))
    for j = 1, #names do
      local before = ARGV[first + 4 * (from + j - 1) + 1]
      local v = values[j] or ''
      if facts(v) ~= before and facts(member_of(v)) ~= before then
        return false
      end
    end
  end
  return true
end

local function set_members(count)
  for _ = 1, count do
    local name, _, after, ttl = P .. 'm:' .. next_arg(), next_arg(), next_arg(), next_arg()
    if after == '' then
      redis.call('DEL', name)
    else
      redis.call('SET', name, int(now) .. ' ' .. after, 'PX', ttl)
    end
  end
end

-- Moves the record between the lists; `was` is what it said before: o, x.
local function set_lists(key, was_open, was_dead, open, since, dead)
  if was_open and was_open ~= open then
    redis.call('ZREM', P .. (was_open == '1' and 'open' or 'closed'), key)
  end
  redis.call('ZADD', P .. (open == '1' and 'open' or 'closed'), since, key)
  if dead == '1' then
    redis.call('ZADD', P .. 'dead', since, key)
  elseif was_dead == '1' then
    redis.call('ZREM', P .. 'dead', key)
  end
end

local function next_leases()
  local leases = {}
  for i = 1, tonumber(next_arg()) do
    leases[i] = {receiver = next_arg(), claim = next_arg(), till = tonumber(next_arg())}
  end
  return leases
end

local function none_is_leased(key, leases)
  for _, l in ipairs(leases) do
    local held = lease_of(l.receiver, key)
    if held and held.till > now then
      return false
    end
  end
  return true
end

-- What stands behind the members: dues, counts, groups.
local function set_rest(key, clock_at, leases)
  for _ = 1, tonumber(next_arg()) do
    local receiver, lane, due_at = next_arg(), next_arg(), tonumber(next_arg())
    set_due(receiver, key, lane, due_at)
  end
  if clock_at ~= -1 then
    set_due('', key, '0', clock_at)
  end
  for _ = 1, tonumber(next_arg()) do
    local field, add, hour = next_arg(), next_arg(), next_arg()
    add_count(field, add, hour, most_fields)
  end
  for _, l in ipairs(leases) do
    take_lease(l.receiver, key, l.claim, l.till)
  end
  local groups, joins = tonumber(next_arg()), {}
  for _ = 1, groups do
    joins[next_arg()] = true
  end
  if groups >= 0 then
    set_groups(key, joins, most_keys)
  end
end

-- The one that begins at ARGV[first].
local function commit(first)
  local key, expected, expected_id, id, bytes, open, since, dead, clock_at, receiver, claim = unpack(ARGV, first, first + 10)
  local record = P .. 'i:' .. key
  at = first + 11
  -- Is it mine already? The n-th newest id made the n-th newest version.
  local had = redis.call('HMGET', record, 'n', 'c', 'o', 'x')
  local number, ids = had[1] or '0', {}
  for known in string.gmatch(had[2] or '', '%S+') do
    ids[#ids + 1] = known
    if known == id then
      return int(tonumber(number) - #ids + 1)
    end
  end
  local must_lease, leases = next_arg() == '1', next_leases()
  local members = tonumber(next_arg())
  if number ~= expected or (ids[1] or '') ~= expected_id or not are_as_expected(at, members) then
    return '0'
  end
  if must_lease and not none_is_leased(key, leases) then
    return '0'
  end
  table.insert(ids, 1, id)
  ids[most_ids + 1] = nil
  local made = int(tonumber(number) + 1)
  redis.call('HSET', record, 'n', made, 'c', table.concat(ids, ' '), 'j', bytes, 'o', open, 's', since, 'x', dead)
  set_lists(key, had[3], had[4], open, since, dead)
  set_members(members)
  set_rest(key, tonumber(clock_at), leases)
  release(receiver, key, claim, 0)
  return made
end

local answer, place = {now}, 6
while place < #ARGV do
  local done, made = pcall(commit, place + 1)
  if not done then
    made = redis.error_reply(type(made) == 'table' and made.err or made)
  end
  answer[#answer + 1] = made
  place = place + 1 + tonumber(ARGV[place])
end
return answer
