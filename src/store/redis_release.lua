-- ARGV: 3 receiver, 4 key, 5 claim id, 6 due_at. Answers {now}.
local known = redis.call('HMGET', P .. 'i:' .. ARGV[4], 'n', 'd:' .. ARGV[3])
if known[1] then -- else it was swept, and its pairs with it
  local p = pair_from(ARGV[3], ARGV[4], known[2])
  release(p, ARGV[5], tonumber(ARGV[6]))
  save_alone(p)
  write_places()
end
return {now}
