-- ARGV: 3 fields an hour may have, 4 id, 5 how long it is known again, in ms; then counts (field, add, hour or 0).
-- Answers {now}. What was added under this id before is not added again.
if redis.call('SET', P .. 'tally:' .. ARGV[4], '', 'PX', ARGV[5], 'NX') then
  for i = 6, #ARGV, 3 do
    add_count(ARGV[i], ARGV[i + 1], ARGV[i + 2])
  end
  write_counts(tonumber(ARGV[3]))
end
return {now}
