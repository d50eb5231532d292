-- ARGV: 3 "1" for versions without JSON, 4 bytes of records that are enough, 5 records that come by the groups alone,
-- 6 members, then their names; groups, led by their number; the rest are keys.
-- Answers {now, {value or nil for each member}, {key, number, ids, bytes for each distinct key}, {keys that are left over},
-- {further keys of the groups}}.
local CHUNK = 500 -- unpack() has only so much stack
local room = tonumber(ARGV[4])
local by_group = tonumber(ARGV[5])
local members, first = tonumber(ARGV[6]), 7
local values, records, seen, left, further = {}, {}, {}, {}, {}

local function add_record(key)
  if seen[key] then
    return
  end
  seen[key] = true
  if room <= 0 then
    left[#left + 1] = key
    return
  end
  local r
  if ARGV[3] == '1' then
    r = redis.call('HMGET', P .. 'i:' .. key, 'n', 'c')
  else
    r = redis.call('HMGET', P .. 'i:' .. key, 'n', 'c', 'j')
  end
  local n = #records
  records[n + 1], records[n + 2], records[n + 3], records[n + 4] = key, r[1] or '0', r[2] or '', r[3] or ''
  room = room - #records[n + 3] - #records[n + 4]
end

for from = first, first + members - 1, CHUNK do
  local names = {}
  for i = from, math.min(from + CHUNK, first + members) - 1 do
    names[#names + 1] = P .. 'm:' .. ARGV[i]
  end
  local got = redis.call('MGET', unpack(names))
  for j = 1, #names do
    local value = got[j] and member_of(got[j])
    values[#values + 1] = value
    if value then
      local length, rest = value:match('^%d+ %+ %-?%d+ %d %-?%d+ %-?%d+ %-?%d+ %-?%d+ (%d+) (.*)$')
      add_record(rest:sub(tonumber(length) + 1))
    end
  end
end
local groups = first + members
for i = groups + tonumber(ARGV[groups]) + 1, #ARGV do
  add_record(ARGV[i])
end
for i = groups + 1, groups + tonumber(ARGV[groups]) do
  for _, key in ipairs(redis.call('ZRANGE', P .. 'g:' .. ARGV[i], 0, -1)) do
    if not seen[key] and by_group <= 0 then
      seen[key] = true
      further[#further + 1] = key
    elseif not seen[key] then
      by_group = by_group - 1
      add_record(key)
    end
  end
end
return {now, values, records, left, further}
