-- ARGV: 3 list, 4 limit, 5 "1" when it goes on behind (6 since, 7 key).
-- Answers {now, {key, number, ids, bytes ...}, since of the last, 1 when there is more}. Newest first; equal times in
-- falling order of the keys.
local set, limit = P .. ARGV[3], tonumber(ARGV[4])
local keys = {}

-- Takes keys from a rank on, one more than wanted: so the last page knows that it is the last.
local function from_rank(rank)
  keys = redis.call('ZREVRANGE', set, rank, rank + limit)
end

-- The first rank behind (since, key) when that key stands elsewhere by now. Thousands may share one `since`: by halves.
local function rank_behind(since, key)
  local low = redis.call('ZCOUNT', set, '(' .. since, '+inf')
  local high = redis.call('ZCOUNT', set, since, '+inf')
  while low < high do
    local middle = math.floor((low + high) / 2)
    if redis.call('ZREVRANGE', set, middle, middle)[1] < key then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end

if ARGV[5] == '1' then
  local score = redis.call('ZSCORE', set, ARGV[7])
  if score and tonumber(score) == tonumber(ARGV[6]) then
    from_rank(redis.call('ZREVRANK', set, ARGV[7]) + 1)
  else
    from_rank(rank_behind(ARGV[6], ARGV[7]))
  end
else
  from_rank(0)
end

local records, since, more = {}, '0', 0
for i, key in ipairs(keys) do
  if i > limit then
    more = 1
    break
  end
  local r = redis.call('HMGET', P .. 'i:' .. key, 'n', 'c', 'j', 's')
  if r[1] then
    local n = #records
    records[n + 1], records[n + 2], records[n + 3], records[n + 4] = key, r[1], r[2], r[3]
    since = r[4]
  end
end
return {now, records, since, more}
