-- ARGV: 3 key, 4 expected number, 5 expected commit id, 6 commit id, 7 JSON, 8 open, 9 since, 10 dead, 11 clock_at,
-- 12 receiver and 13 claim id to release, 14 fields an hour may have, 15 commit ids to keep,
-- 16 members (each: name, before, after, ttl), dues (receiver, lane, at), counts (field, add, hour or 0),
-- leases (receiver, claim id, end), groups (-1: they stay), each led by its number, and how many keys a group may have.
-- Answers {now, 1, version} or {now, 0}. Nothing is written before everything has been checked.
local key, id = ARGV[3], ARGV[6]
local record = P .. 'i:' .. key
local at = 16
local function next_arg()
  at = at + 1
  return ARGV[at - 1]
end

-- Is it mine already? The n-th newest id made the n-th newest version.
local had = redis.call('HMGET', record, 'n', 'c', 'o', 's', 'x')
local number = had[1] or '0'
local ids = {}
for known in string.gmatch(had[2] or '', '%S+') do
  ids[#ids + 1] = known
  if known == id then
    return {now, 1, int(tonumber(number) - #ids + 1)}
  end
end
if number ~= ARGV[4] or (ids[1] or '') ~= ARGV[5] then
  return {now, 0}
end

-- Without when it was touched.
local function facts(value)
  return value:sub((value:find(' ', 1, true) or 0) + 1)
end

local members = tonumber(next_arg())
local first_member = at
local CHUNK = 500 -- unpack() has only so much stack
for from = 0, members - 1, CHUNK do
  local names = {}
  for i = from, math.min(from + CHUNK, members) - 1 do
    names[#names + 1] = P .. 'm:' .. ARGV[first_member + 4 * i]
  end
  local values = redis.call('MGET', unpack(names))
  for j = 1, #names do
    local before = ARGV[first_member + 4 * (from + j - 1) + 1]
    local v = values[j] or ''
    if facts(v) ~= before and facts(member_of(v)) ~= before then
      return {now, 0}
    end
  end
end

table.insert(ids, 1, id)
ids[tonumber(ARGV[15]) + 1] = nil
redis.call('HSET', record, 'n', int(tonumber(number) + 1), 'c', table.concat(ids, ' '), 'j', ARGV[7],
  'o', ARGV[8], 's', ARGV[9], 'x', ARGV[10])
if had[3] and had[3] ~= ARGV[8] then
  redis.call('ZREM', P .. (had[3] == '1' and 'open' or 'closed'), key)
end
redis.call('ZADD', P .. (ARGV[8] == '1' and 'open' or 'closed'), ARGV[9], key)
if ARGV[10] == '1' then
  redis.call('ZADD', P .. 'dead', ARGV[9], key)
elseif had[5] == '1' then
  redis.call('ZREM', P .. 'dead', key)
end

for _ = 1, members do
  local name, _, after, ttl = P .. 'm:' .. next_arg(), next_arg(), next_arg(), next_arg()
  if after == '' then
    redis.call('DEL', name)
  else
    redis.call('SET', name, int(now) .. ' ' .. after, 'PX', ttl)
  end
end

for _ = 1, tonumber(next_arg()) do
  local receiver, lane, due_at = next_arg(), next_arg(), tonumber(next_arg())
  set_due(receiver, key, lane, due_at)
end
set_due('', key, '0', tonumber(ARGV[11]))

local hours = {}
for _ = 1, tonumber(next_arg()) do
  local field, add, hour = next_arg(), next_arg(), next_arg()
  if hour == '0' then
    hour = int(now - now % 3600000)
  end
  local hash = P .. 'n:' .. hour
  if not hours[hour] then
    redis.call('ZADD', P .. 'hours', hour, hour)
    hours[hour] = true
  end
  -- as many as was added: the field is new, perhaps one too many
  local sum = redis.call('HINCRBY', hash, field, add)
  if sum == tonumber(add) and field ~= 'other' and redis.call('HLEN', hash) > tonumber(ARGV[14]) then
    redis.call('HDEL', hash, field)
    redis.call('HINCRBY', hash, 'other', add)
  end
end

for _ = 1, tonumber(next_arg()) do
  local receiver, claim, till = next_arg(), next_arg(), tonumber(next_arg())
  take_lease(receiver, key, claim, till)
end

local groups, joins = tonumber(next_arg()), {}
for _ = 1, groups do
  joins[next_arg()] = true
end
if groups >= 0 then
  set_groups(key, joins, tonumber(next_arg()))
end

release(ARGV[12], key, ARGV[13], 0)
return {now, 1, int(tonumber(number) + 1)}
