-- Counters are added here, for commits and tallies. What an hour has no room for goes to its field `other`.
local hours = {}
local function add_count(field, add, hour, most_fields)
  if hour == '0' then
    hour = string.format('%.0f', now - now % 3600000)
  end
  local hash = P .. 'n:' .. hour
  if not hours[hour] then
    redis.call('ZADD', P .. 'hours', hour, hour)
    hours[hour] = true
  end
  -- as many as was added: the field is new, perhaps one too many
  local sum = redis.call('HINCRBY', hash, field, add)
  if sum == tonumber(add) and field ~= 'other' and redis.call('HLEN', hash) > most_fields then
    redis.call('HDEL', hash, field)
    redis.call('HINCRBY', hash, 'other', add)
  end
end
