-- The index of groups. A group that has `most` keys takes no more.
local group_sizes = {} -- as they are when all is written, but for what leaves

local function group_has_room(group, most)
  local size = group_sizes[group] or redis.call('ZCARD', P .. 'g:' .. group)
  group_sizes[group] = size < most and size + 1 or size
  return size < most
end

-- The record becomes one of those in `joins` (its names are the keys) and of no others. Its own fields go to `fields` and
-- `gone`, as those of a pair do.
local function set_groups(key, is_new, joins, most, fields, gone)
  local leaves = {}
  for _, field in ipairs(is_new and {} or redis.call('HKEYS', P .. 'i:' .. key)) do
    local group = field:sub(1, 2) == 'g:' and field:sub(3)
    if group and joins[group] then
      joins[group] = nil
    elseif group then
      leaves[#leaves + 1] = field
    end
  end
  for group in pairs(joins) do
    if group_has_room(group, most) then
      put_place(P .. 'g:' .. group, key, '0')
      fields[#fields + 1], fields[#fields + 2] = 'g:' .. group, ''
    end
  end
  for _, field in ipairs(leaves) do
    put_place(P .. field, key, false)
    gone[#gone + 1] = field
  end
end
