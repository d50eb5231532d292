-- ARGV: 3 receiver, 4 key, 5 claim id, 6 due_at. Answers {now}.
release(ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]))
return {now}
