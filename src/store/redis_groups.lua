-- The index of groups. The record becomes one of those in `joins` (its names are the keys) and of no others; a group that
-- has `most` keys takes no more.
local function set_groups(key, joins, most)
  local record = P .. 'i:' .. key
  for _, field in ipairs(redis.call('HKEYS', record)) do
    local group = field:sub(1, 2) == 'g:' and field:sub(3)
    if group and joins[group] then
      joins[group] = nil
    elseif group then
      redis.call('ZREM', P .. field, key)
      redis.call('HDEL', record, field)
    end
  end
  for group in pairs(joins) do
    if redis.call('ZCARD', P .. 'g:' .. group) < most then
      redis.call('ZADD', P .. 'g:' .. group, 0, key)
      redis.call('HSET', record, 'g:' .. group, '')
    end
  end
end
