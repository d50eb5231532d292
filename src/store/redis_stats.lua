-- ARGV: 3 lanes, 4 leases looked at, then receivers. Answers {now, open, closed, dead, {due, oldest ...}}.
local queues = {}
for i = 5, #ARGV do
  local receiver, due, oldest = ARGV[i], 0, 0
  local function see(at)
    if at > 0 and (oldest == 0 or at < oldest) then
      oldest = at
    end
  end
  for lane = 0, receiver == '' and 0 or tonumber(ARGV[3]) - 1 do
    local set = receiver == '' and P .. 'due:clock' or P .. 'due:' .. receiver .. ':' .. lane
    due = due + redis.call('ZCARD', set)
    local first = redis.call('ZRANGE', set, 0, 0, 'WITHSCORES')
    see(tonumber(first[2] or 0))
  end
  -- those leased stand by the end of their lease; how long they have been due is in the record. Those that end first are
  -- enough: as many as are on their way at once
  local leases = P .. 'lease:' .. receiver
  due = due + redis.call('ZCARD', leases)
  for _, key in ipairs(redis.call('ZRANGE', leases, 0, tonumber(ARGV[4]) - 1)) do
    local pair = redis.call('HGET', P .. 'i:' .. key, 'd:' .. receiver)
    see(pair and tonumber(pair:match('^%d+ (%d+)')) or 0)
  end
  queues[#queues + 1] = due
  queues[#queues + 1] = string.format('%.0f', oldest)
end
return {now, redis.call('ZCARD', P .. 'open'), redis.call('ZCARD', P .. 'closed'), redis.call('ZCARD', P .. 'dead'), queues}
