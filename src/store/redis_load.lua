-- ARGV: 3 "1" for versions without JSON, 4 members, then their names; the rest are keys.
-- Answers {now, {value or nil for each member}, {key, number, ids, json for each distinct key}}.
local CHUNK = 500 -- unpack() has only so much stack
local members, first = tonumber(ARGV[4]), 5
local values, records, seen = {}, {}, {}

local function add_record(key)
  if seen[key] then
    return
  end
  seen[key] = true
  local r
  if ARGV[3] == '1' then
    r = redis.call('HMGET', P .. 'i:' .. key, 'n', 'c')
  else
    r = redis.call('HMGET', P .. 'i:' .. key, 'n', 'c', 'j')
  end
  local n = #records
  records[n + 1], records[n + 2], records[n + 3], records[n + 4] = key, r[1] or '0', r[2] or '', r[3] or ''
end

for from = first, first + members - 1, CHUNK do
  local names = {}
  for i = from, math.min(from + CHUNK, first + members) - 1 do
    names[#names + 1] = P .. 'm:' .. ARGV[i]
  end
  local got = redis.call('MGET', unpack(names))
  for j = 1, #names do
    values[#values + 1] = got[j]
    if got[j] then
      add_record(got[j]:match('^%d+ %d %-?%d+ %-?%d+ %-?%d+ (.*)$'))
    end
  end
end
for i = first + members, #ARGV do
  add_record(ARGV[i])
end
return {now, values, records}
