-- ARGV: 3 name, 4 value, 5 "1": it replaces what is there. Answers {now, the value that is kept}.
local value = redis.call('HGET', P .. 'kept', ARGV[3])
if not value or ARGV[5] == '1' then
  redis.call('HSET', P .. 'kept', ARGV[3], ARGV[4])
  value = ARGV[4]
end
return {now, value}
