-- Answers {now} when everything that the other scripts do may be done: each of their commands, on a key that is gone
-- afterwards. Where one is refused, for want of memory, of a disk or of a permission, the answer is the reason. So it is
-- where a newer version has written what this one cannot read.
local FORMAT = 3 -- 2: leases apart from the records (redis_upgrade.lua); 1, and no word of it: members before there were rows
local k = P .. 'probe'
for _, command in ipairs({
  {'SET', k, '1', 'PX', '60000'}, {'GET', k}, {'MGET', k}, {'PTTL', k}, {'EXISTS', k}, {'PEXPIRE', k, '60000'}, {'DEL', k},
  {'HSET', k, 'f', '1'}, {'HINCRBY', k, 'f', '1'}, {'HGET', k, 'f'}, {'HMGET', k, 'f'}, {'HGETALL', k}, {'HKEYS', k},
  {'HLEN', k}, {'HEXISTS', k, 'f'}, {'HDEL', k, 'f'},
  {'ZADD', k, '1', 'm'}, {'ZCARD', k}, {'ZCOUNT', k, '0', '1'}, {'ZSCORE', k, 'm'}, {'ZREVRANK', k, 'm'},
  {'ZRANGE', k, '0', '0'}, {'ZREVRANGE', k, '0', '0'}, {'ZRANGEBYSCORE', k, '0', '1'},
  {'ZREM', k, 'm'},
  {'RPUSH', k, 'e'}, {'LRANGE', k, '0', '0'}, {'UNLINK', k},
  {'SADD', k, 'm'}, {'SMEMBERS', k}, {'SREM', k, 'm'}, {'SCAN', '0', 'COUNT', '1'},
}) do
  local reply = redis.pcall(unpack(command))
  if type(reply) == 'table' and reply.err then
    return redis.error_reply(reply.err .. ' (' .. command[1] .. ')')
  end
end
local format = tonumber(redis.call('GET', P .. 'format') or 1)
if format > FORMAT then
  return redis.error_reply('FORMAT ' .. format .. ' was written by a newer version (this one knows ' .. FORMAT .. ')')
end
if format < FORMAT then
  take_over_leases()
  redis.call('SET', P .. 'format', FORMAT)
end
return {now}
