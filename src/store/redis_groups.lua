-- The index of groups. The record becomes one of those in `joins` (its names are the keys) and of no others; a group that
-- has `most` keys takes no more. The record's own fields go to `fields` and `gone`, as those of a pair do.
local function set_groups(key, is_new, joins, most, fields, gone)
  local known = is_new and {} or redis.call('HKEYS', P .. 'i:' .. key)
  for _, field in ipairs(known) do
    local group = field:sub(1, 2) == 'g:' and field:sub(3)
    if group and joins[group] then
      joins[group] = nil
    elseif group then
      redis.call('ZREM', P .. field, key)
      gone[#gone + 1] = field
    end
  end
  for group in pairs(joins) do
    if redis.call('ZCARD', P .. 'g:' .. group) < most then
      redis.call('ZADD', P .. 'g:' .. group, 0, key)
      fields[#fields + 1], fields[#fields + 2] = 'g:' .. group, ''
    end
  end
end
