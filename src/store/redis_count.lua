-- Counters are added here, for commits and tallies: gathered by add_count(), written by write_counts(). What an hour has no room
-- for goes to its field `other`.
local counts = {} -- hour -> field -> how many

local function add_count(field, add, hour)
  if hour == '0' then
    hour = string.format('%d', now - now % 3600000)
  end
  local of = counts[hour]
  if not of then
    of = {}
    counts[hour] = of
  end
  of[field] = (of[field] or 0) + add
end

local function write_count(hour, field, add, most_fields)
  local hash = P .. 'n:' .. hour
  -- as many as was added: the field is new, perhaps the hour too, perhaps one too many
  local is_new = redis.call('HINCRBY', hash, field, string.format('%d', add)) == add
  if is_new then
    redis.call('ZADD', P .. 'hours', hour, hour)
  end
  if is_new and field ~= 'other' and redis.call('HLEN', hash) > most_fields then
    redis.call('HDEL', hash, field)
    redis.call('HINCRBY', hash, 'other', string.format('%d', add))
  end
end

local function write_counts(most_fields)
  for hour, of in pairs(counts) do
    for field, add in pairs(of) do
      write_count(hour, field, add, most_fields)
    end
  end
  counts = {}
end
