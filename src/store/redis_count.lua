-- Counters are added here, for commits and tallies. What an hour has no room for goes to its field `other`.
local function add_count(field, add, hour, most_fields)
  if hour == '0' then
    hour = string.format('%d', now - now % 3600000)
  end
  local hash = P .. 'n:' .. hour
  -- as many as was added: the field is new, perhaps the hour too, perhaps one too many
  local is_new = redis.call('HINCRBY', hash, field, add) == tonumber(add)
  if is_new then
    redis.call('ZADD', P .. 'hours', hour, hour)
  end
  if is_new and field ~= 'other' and redis.call('HLEN', hash) > most_fields then
    redis.call('HDEL', hash, field)
    redis.call('HINCRBY', hash, 'other', add)
  end
end
