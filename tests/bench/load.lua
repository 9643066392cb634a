-- Load for wrk: one POST over and over; every answer is compared with the expected bytes.
-- Arguments after `--`: file of the request body, file of the expected answer.

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local threads = {}
function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  wrong = 0
  expected = read(arguments[2])
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.body = read(arguments[1])
  prepared = wrk.format()
end

function request()
  return prepared
end

function response(status, _, body)
  if status ~= 200 or body ~= expected then wrong = wrong + 1 end
end

function done(summary, latency)
  local bad = 0
  for _, thread in ipairs(threads) do bad = bad + thread:get("wrong") end
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, bad,
    errors.connect + errors.read + errors.write + errors.timeout, summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
