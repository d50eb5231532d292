-- ARGV: 3 receiver, 4 key, 5 claim id, 6 due_at. Answers {now}.
local known = redis.call('HMGET', P .. 'i:' .. ARGV[4], 'n', 'd:' .. ARGV[3])
local p = pair_with(ARGV[3], ARGV[4], known[2])
release(p, ARGV[5], tonumber(ARGV[6]))
if not known[1] then -- it was swept: then nothing is due for it
  place(p, nil, nil)
end
save_alone(p)
return {now}
