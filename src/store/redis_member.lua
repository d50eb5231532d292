-- A member is kept as
--   "<touched> + <mark> <counted> <waits> <starts> <ends> <episode> <length of the group> <group><key>".
-- Before there were rows it was "<touched> <firing> <starts> <ends> <episode> <key>": one that fired has the mark of whom no
-- body has listed since, 1, and counts; the other one stands nowhere.
local function member_of(value)
  local touched, firing, times, key = value:match('^(%d+) ([01]) (%-?%d+ %-?%d+ %-?%d+) (.*)$')
  if touched then
    return touched .. ' + ' .. firing .. ' 1 0 ' .. times .. ' 0 ' .. key
  end
  return value
end
