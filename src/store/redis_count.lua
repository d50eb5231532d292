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

-- Another field finds room, or is there already: a command or two for each.
local function write_hour(hour, of, most_fields)
  local hash, other, begun = P .. 'n:' .. hour, 0, false
  local room = most_fields - redis.call('HLEN', hash)
  for field, add in pairs(of) do
    if room > 0 or field == 'other' or redis.call('HEXISTS', hash, field) == 1 then
      -- as many as was added: the field is new, perhaps the hour too
      if redis.call('HINCRBY', hash, field, string.format('%d', add)) == add then
        room, begun = room - 1, true
      end
    else
      other = other + add
    end
  end
  if other > 0 and redis.call('HINCRBY', hash, 'other', string.format('%d', other)) == other then
    begun = true
  end
  if begun then
    redis.call('ZADD', P .. 'hours', hour, hour)
  end
end

local function write_counts(most_fields)
  for hour, of in pairs(counts) do
    write_hour(hour, of, most_fields)
  end
  counts = {}
end
