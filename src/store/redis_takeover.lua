-- ARGV: 3 what the claim ids of an owner begin with, 4 at most. Ends the leases that this owner holds: whoever asks knows
-- that it runs no more, and has claimed nothing itself yet. Answers {now, how many}.
local owner, most = ARGV[3], tonumber(ARGV[4])
local ended = 0

local function end_lease(receiver, key)
  local p = pair_of(receiver, key)
  release(p, p.lease.claim, 0)
  save_alone(p)
  ended = ended + 1
end

for _, receiver in ipairs(redis.call('SMEMBERS', P .. 'leased')) do
  local held = redis.call('HGETALL', P .. 'held:' .. receiver)
  for i = 1, #held, 2 do
    local l = lease_from(held[i + 1])
    if ended < most and l and l.till > now and l.claim:sub(1, #owner) == owner then
      end_lease(receiver, held[i])
    end
  end
end
return {now, ended}
