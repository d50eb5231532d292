-- ARGV: 3 fields an hour may have, 4 commit ids to keep, 5 keys a group may have; then commits, one behind the other. Each:
-- how many words follow, then key, expected number, expected commit id, commit id, bytes, open, since, dead, clock_at (-1:
-- it stays),
-- receiver and claim id to release, "1" where it conflicts with a lease that stands, leases (receiver, claim id, end),
-- members (each: name, before, after, ttl), dues (receiver, lane, at), counts (field, add, hour or 0), groups (-1: they
-- stay), each led by its number.
-- Answers {now, the version that each has made, 0 for one that conflicts, an error for one that fails ...}.
--
-- Of each commit nothing is written before all of it has been checked; what one writes the next one sees. What goes into sets and
-- hashes that commits share is written once for all of them, and the records behind it: a record that says that a commit was
-- made stands for everything else of it.
local most_fields, most_ids, most_keys = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local CHUNK = 500 -- unpack() has only so much stack

-- ---- what a commit says ----

local at
local function next_arg()
  at = at + 1
  return ARGV[at - 1]
end

-- The next `width` words each, as many times as the next one says: where they begin, and how many times.
local function next_list(width)
  local count = tonumber(next_arg())
  local first = at
  at = at + width * math.max(count, 0)
  return first, count
end

-- The one whose words begin at ARGV[first].
local function read_commit(first)
  local c = {}
  c.key, c.number, c.expected_id, c.id, c.bytes, c.open, c.since, c.dead, c.clock_at, c.receiver, c.claim =
    unpack(ARGV, first, first + 10)
  at = first + 11
  c.must_lease = next_arg() == '1'
  c.leases, c.lease_count = next_list(3)
  c.members, c.member_count = next_list(4)
  c.dues, c.due_count = next_list(3)
  c.counts, c.count_count = next_list(3)
  c.groups, c.group_count = next_list(1)
  return c
end

-- ---- members: as they are, by name; read for all commits at once ----

local members = {}

local function read_members(commits)
  local names = {}
  for _, c in ipairs(commits) do
    for i = c.members, c.members + 4 * (c.member_count - 1), 4 do
      names[#names + 1] = P .. 'm:' .. ARGV[i]
    end
  end
  for from = 1, #names, CHUNK do
    local last = math.min(from + CHUNK - 1, #names)
    local values = redis.call('MGET', unpack(names, from, last))
    for i = from, last do
      members[names[i]] = values[i - from + 1] or nil
    end
  end
end

-- Without when it was touched.
local function facts(value)
  return value:sub((value:find(' ', 1, true) or 0) + 1)
end

local function are_as_expected(c)
  for i = c.members, c.members + 4 * (c.member_count - 1), 4 do
    local v, before = members[P .. 'm:' .. ARGV[i]] or '', ARGV[i + 1]
    if facts(v) ~= before and facts(member_of(v)) ~= before then
      return false
    end
  end
  return true
end

local function set_members(c)
  for i = c.members, c.members + 4 * (c.member_count - 1), 4 do
    local name, after, ttl = P .. 'm:' .. ARGV[i], ARGV[i + 2], ARGV[i + 3]
    if after == '' then
      members[name] = nil
      redis.call('DEL', name)
    else
      members[name] = int(now) .. ' ' .. after
      redis.call('SET', name, members[name], 'PX', ttl)
    end
  end
end

-- ---- the record and its pairs ----

-- The record as it is (n, c, s, o, x; n false: there is none), and its pairs with the receivers that the commit names.
local function read_record(c)
  local asked, receivers = {'n', 'c', 's', 'o', 'x', 'd:'}, {''}
  local function ask(receiver)
    if #receivers < CHUNK and not receivers[receiver] then
      receivers[#receivers + 1], receivers[receiver] = receiver, true
      asked[#asked + 1] = 'd:' .. receiver
    end
  end
  for i = c.leases, c.leases + 3 * (c.lease_count - 1), 3 do
    ask(ARGV[i])
  end
  for i = c.dues, c.dues + 3 * (c.due_count - 1), 3 do
    ask(ARGV[i])
  end
  if c.claim ~= '' then
    ask(c.receiver)
  end
  local had = redis.call('HMGET', P .. 'i:' .. c.key, unpack(asked))
  c.had, c.values, c.pairs = had, {}, {}
  for i, receiver in ipairs(receivers) do
    c.values[receiver] = had[5 + i]
  end
end

-- The record's pair with this receiver; what is done to it is written by save_pairs().
local function pair_in(c, receiver)
  local p = c.pairs[receiver]
  if not p then
    local value = c.values[receiver]
    p = value == nil and pair_of(receiver, c.key) or pair_from(receiver, c.key, value)
    c.pairs[receiver], c.pairs[#c.pairs + 1] = p, p
  end
  return p
end

local function none_is_leased(c)
  for i = c.leases, c.leases + 3 * (c.lease_count - 1), 3 do
    if is_leased(pair_in(c, ARGV[i])) then
      return false
    end
  end
  return true
end

local function set_pairs(c)
  for i = c.dues, c.dues + 3 * (c.due_count - 1), 3 do
    set_due(pair_in(c, ARGV[i]), ARGV[i + 1], tonumber(ARGV[i + 2]))
  end
  if c.clock_at ~= '-1' then
    set_due(pair_in(c, ''), '0', tonumber(c.clock_at))
  end
  for i = c.leases, c.leases + 3 * (c.lease_count - 1), 3 do
    take_lease(pair_in(c, ARGV[i]), ARGV[i + 1], tonumber(ARGV[i + 2]))
  end
  if c.claim ~= '' then
    release(pair_in(c, c.receiver), c.claim, 0)
  end
end

-- Moves the record between the lists, and adds to `fields` what it says of them from now on.
local function set_lists(c, fields)
  local since, open, dead = c.had[3], c.had[4], c.had[5]
  local moved = since ~= c.since
  if not moved and open == c.open and dead == c.dead then
    return
  end
  if open and open ~= c.open then
    put_place(P .. (open == '1' and 'open' or 'closed'), c.key, false)
  end
  if moved or open ~= c.open then
    put_place(P .. (c.open == '1' and 'open' or 'closed'), c.key, c.since)
  end
  if c.dead == '1' then
    put_place(P .. 'dead', c.key, c.since)
  elseif dead == '1' then
    put_place(P .. 'dead', c.key, false)
  end
  local n = #fields
  fields[n + 1], fields[n + 2], fields[n + 3], fields[n + 4], fields[n + 5], fields[n + 6] =
    's', c.since, 'o', c.open, 'x', c.dead
end

local function set_groups_of(c, fields, gone)
  if c.group_count >= 0 then
    local joins = {}
    for i = c.groups, c.groups + c.group_count - 1 do
      joins[ARGV[i]] = true
    end
    set_groups(c.key, not c.had[1], joins, most_keys, fields, gone)
  end
end

local function add_counts_of(c)
  for i = c.counts, c.counts + 3 * (c.count_count - 1), 3 do
    add_count(ARGV[i], ARGV[i + 1], ARGV[i + 2])
  end
end

-- ---- commit ids: newest first, a blank between them, all of one length ----

-- How many stand before this one; nil: it is not among them.
local function ids_before(ids, id)
  local found = (' ' .. ids .. ' '):find(' ' .. id .. ' ', 1, true)
  return found and select(2, ids:sub(1, found - 1):gsub(' ', ' '))
end

local function with_newest(id, ids)
  return ids == '' and id or (id .. ' ' .. ids):sub(1, most_ids * (#id + 1) - 1)
end

-- ---- the script ----

-- Records that are written when all else is: key -> names and values, names of those that go.
local records = {}

-- The version that it has made, 0 where it conflicts.
local function commit(c)
  read_record(c)
  local number, ids = c.had[1] or '0', c.had[2] or ''
  if number ~= c.number or ids:sub(1, (ids:find(' ', 1, true) or 0) - 1) ~= c.expected_id then
    local newer = ids_before(ids, c.id)
    -- it is mine already: the n-th newest id made the n-th newest version
    return newer and int(tonumber(number) - newer) or '0'
  end
  if not are_as_expected(c) or (c.must_lease and not none_is_leased(c)) then
    return '0'
  end
  local made = int(tonumber(number) + 1)
  local fields, gone = {'n', made, 'c', with_newest(c.id, ids), 'j', c.bytes}, {}
  set_groups_of(c, fields, gone)
  set_lists(c, fields)
  set_members(c)
  set_pairs(c)
  add_counts_of(c)
  for _, p in ipairs(c.pairs) do
    save_pair(p, fields, gone)
  end
  records[c.key] = {fields, gone}
  return made
end

local function write_all()
  write_places()
  write_counts(most_fields)
  for key, changed in pairs(records) do
    for_words('HSET', P .. 'i:' .. key, changed[1])
    for_words('HDEL', P .. 'i:' .. key, changed[2])
  end
  records = {}
end

local function error_of(made)
  return redis.error_reply(type(made) == 'table' and made.err or made)
end

local commits, next_at = {}, 6
while next_at < #ARGV do
  commits[#commits + 1] = read_commit(next_at + 1)
  next_at = next_at + 1 + tonumber(ARGV[next_at])
end
read_members(commits)

local answer, unwritten = {now}, {}
local function write_or_fail()
  local done, why = pcall(write_all)
  for _, i in ipairs(done and {} or unwritten) do
    answer[i] = error_of(why)
  end
  unwritten = {}
end

for _, c in ipairs(commits) do
  if records[c.key] then -- two of one record: the second one is to see the first
    write_or_fail()
  end
  local done, made = pcall(commit, c)
  answer[#answer + 1] = done and made or error_of(made)
  unwritten[#unwritten + 1] = #answer
end
write_or_fail()
return answer
