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

-- Moves the record between the lists, and adds to `fields` what it says of them from now on; `was`: s, o, x until now.
local function set_lists(key, was, since, open, dead, fields)
  local moved = was.since ~= since
  if was.open and was.open ~= open then
    redis.call('ZREM', P .. (was.open == '1' and 'open' or 'closed'), key)
  end
  if moved or was.open ~= open then
    redis.call('ZADD', P .. (open == '1' and 'open' or 'closed'), since, key)
  end
  if dead == '1' and (moved or was.dead ~= dead) then
    redis.call('ZADD', P .. 'dead', since, key)
  elseif dead ~= '1' and was.dead == '1' then
    redis.call('ZREM', P .. 'dead', key)
  end
  for field, change in pairs({s = {was.since, since}, o = {was.open, open}, x = {was.dead, dead}}) do
    if change[1] ~= change[2] then
      fields[#fields + 1], fields[#fields + 2] = field, change[2]
    end
  end
end

local function next_leases()
  local leases = {}
  for i = 1, tonumber(next_arg()) do
    leases[i] = {receiver = next_arg(), claim = next_arg(), till = tonumber(next_arg())}
  end
  return leases
end

-- The record's pairs, each read when it is asked for: {of = function(receiver), all = those that were}. `lanes` has the lanes
-- that are known, false for none; of a record that is new all are.
local function pairs_of(key, is_new, lanes)
  local all, by_receiver = {}, {}
  local function of(receiver)
    local p = by_receiver[receiver]
    if p then
      return p
    end
    local lane = lanes[receiver]
    if lane == nil and not is_new then
      p = pair_of(receiver, key)
    else
      p = pair_with(receiver, key, lane or false)
    end
    by_receiver[receiver], all[#all + 1] = p, p
    return p
  end
  return {of = of, all = all}
end

local function none_is_leased(known, leases)
  for _, l in ipairs(leases) do
    local held = known.of(l.receiver).lease
    if held and held.till > now then
      return false
    end
  end
  return true
end

local function set_dues(known, clock_at)
  for _ = 1, tonumber(next_arg()) do
    local receiver, lane, due_at = next_arg(), next_arg(), tonumber(next_arg())
    set_due(known.of(receiver), lane, due_at)
  end
  if clock_at ~= -1 then
    set_due(known.of(''), '0', clock_at)
  end
end

local function set_counts()
  for _ = 1, tonumber(next_arg()) do
    local field, add, hour = next_arg(), next_arg(), next_arg()
    add_count(field, add, hour, most_fields)
  end
end

local function next_groups(key, is_new, fields, gone)
  local groups, joins = tonumber(next_arg()), {}
  for _ = 1, groups do
    joins[next_arg()] = true
  end
  if groups >= 0 then
    set_groups(key, is_new, joins, most_keys, fields, gone)
  end
end

-- {n, c, s, o, x}, and the lanes of the clock and of the receivers that are named here, by name.
local function read_record(record, leases, released)
  local asked, receivers = {'n', 'c', 's', 'o', 'x', 'd:', 'd:' .. released}, {'', released}
  for i = 1, math.min(#leases, CHUNK) do
    asked[#asked + 1], receivers[#receivers + 1] = 'd:' .. leases[i].receiver, leases[i].receiver
  end
  local had, lanes = redis.call('HMGET', record, unpack(asked)), {}
  for i, receiver in ipairs(receivers) do
    lanes[receiver] = had[5 + i]
  end
  return had, lanes
end

-- The one that begins at ARGV[first].
local function commit(first)
  local key, expected, expected_id, id, bytes, open, since, dead, clock_at, receiver, claim = unpack(ARGV, first, first + 10)
  local record = P .. 'i:' .. key
  at = first + 11
  local must_lease, leases = next_arg() == '1', next_leases()
  local had, lanes = read_record(record, leases, receiver)
  -- Is it mine already? The n-th newest id made the n-th newest version.
  local number, ids = had[1] or '0', {}
  for known in string.gmatch(had[2] or '', '%S+') do
    ids[#ids + 1] = known
    if known == id then
      return int(tonumber(number) - #ids + 1)
    end
  end
  local members = tonumber(next_arg())
  if number ~= expected or (ids[1] or '') ~= expected_id or not are_as_expected(at, members) then
    return '0'
  end
  local is_new = not had[1]
  local known = pairs_of(key, is_new, lanes)
  if must_lease and not none_is_leased(known, leases) then
    return '0'
  end
  table.insert(ids, 1, id)
  ids[most_ids + 1] = nil
  local made = int(tonumber(number) + 1)
  local fields, gone = {'n', made, 'c', table.concat(ids, ' '), 'j', bytes}, {}
  set_lists(key, {since = had[3], open = had[4], dead = had[5]}, since, open, dead, fields)
  set_members(members)
  set_dues(known, tonumber(clock_at))
  set_counts()
  for _, l in ipairs(leases) do
    take_lease(known.of(l.receiver), l.claim, l.till)
  end
  next_groups(key, is_new, fields, gone)
  if claim ~= '' then
    release(known.of(receiver), claim, 0)
  end
  for _, p in ipairs(known.all) do
    save_pair(p, fields, gone)
  end
  for_words('HSET', record, fields)
  for_words('HDEL', record, gone)
  return made
end

local answer, next_at = {now}, 6
while next_at < #ARGV do
  local done, made = pcall(commit, next_at + 1)
  if not done then
    made = redis.error_reply(type(made) == 'table' and made.err or made)
  end
  answer[#answer + 1] = made
  next_at = next_at + 1 + tonumber(ARGV[next_at])
end
return answer
