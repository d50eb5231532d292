-- ARGV: 3 what the claim ids of an owner begin with, 4 at most. Ends the leases that this owner holds: whoever asks knows
-- that it runs no more, and has claimed nothing itself yet. Answers {now, how many}.
-- An attempt is due when its lease ends, so that pair is due at once: whoever claims it knows whether it had begun.
-- A pair that is leased and not due holds nothing up, and stands nowhere: its lease ends by itself.
local owner, most = ARGV[3], tonumber(ARGV[4])
local ended = 0

local function end_lease(p)
  release(p, p.claim, 0)
  if p.receiver ~= '' and p.at > now then
    p.at = now
  end
  save_alone(p)
  ended = ended + 1
end

for _, receiver in ipairs(redis.call('SMEMBERS', P .. 'leased')) do
  for _, key in ipairs(redis.call('ZRANGEBYSCORE', leases_key(receiver), int(now + 1), '+inf')) do
    local p = pair_of(receiver, key)
    if ended < most and p.claim and is_leased(p) and p.claim:sub(1, #owner) == owner then
      end_lease(p)
    end
  end
end
write_places()
return {now, ended}
