-- Leases as format 2 had them: held:<receiver>, a hash: key -> "<until> <due> <lane> <touched> <claim id>"; a leased key stood in
-- its lane too, by the end of the lease, and the record's field had the lane alone. There are as many as are on their way.
local function take_over_lease(receiver, key, value)
  local record, field = P .. 'i:' .. key, 'd:' .. receiver
  local lane = redis.call('HGET', record, field)
  local till, at, to_lane, touched, claim = value:match('^(%d+) (%d+) (%d+) (%d) (.*)$')
  if not till or redis.call('EXISTS', record) == 0 then
    put_place(leases_key(receiver), key, false)
    return
  end
  if lane then
    put_place(lane_key(receiver, lane), key, false)
  end
  put_place(leases_key(receiver), key, lane and at ~= '0' and till)
  redis.call('HSET', record, field, to_lane .. ' ' .. (lane and at or '0') .. ' ' .. till .. ' ' .. touched .. ' ' .. claim)
end

local function take_over_leases()
  for _, receiver in ipairs(redis.call('SMEMBERS', P .. 'leased')) do
    local held = redis.call('HGETALL', P .. 'held:' .. receiver)
    for i = 1, #held, 2 do
      take_over_lease(receiver, held[i], held[i + 1])
    end
    redis.call('DEL', P .. 'held:' .. receiver)
  end
  write_places()
end
