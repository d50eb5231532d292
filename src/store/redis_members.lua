-- ARGV: 3 cursor of SCAN, 4 keys looked at in one go. Answers {now, cursor ("0": the end), {name, value, ttl ...}}.
local pattern = P:gsub('[%*%?%[%]%\\]', '\\%0') .. 'm:*'
local page = redis.call('SCAN', ARGV[3], 'MATCH', pattern, 'COUNT', ARGV[4])
local members = {}
for _, key in ipairs(page[2]) do
  local value = redis.call('GET', key)
  if value then
    local n = #members
    members[n + 1], members[n + 2], members[n + 3] = key:sub(#P + 3), member_of(value), redis.call('PTTL', key)
  end
end
return {now, page[1], members}
