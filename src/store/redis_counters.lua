-- ARGV: 3 since, 4 until, 5 rows that are enough for one answer.
-- Answers {now, hour to go on with or "", {hour, {field, count ...}, ...}}: in pieces, so that a long report does not
-- keep everybody else waiting.
local rows, answer, go_on = 0, {}, ''
for _, hour in ipairs(redis.call('ZRANGEBYSCORE', P .. 'hours', ARGV[3], ARGV[4])) do
  if rows >= tonumber(ARGV[5]) then
    go_on = hour
    break
  end
  local fields = redis.call('HGETALL', P .. 'n:' .. hour)
  answer[#answer + 1] = hour
  answer[#answer + 1] = fields
  rows = rows + #fields / 2
end
return {now, go_on, answer}
