-- Load for wrk: POST requests in turn, each answer compared with the one that is expected, byte by byte.
-- Arguments after `--`: the file of cases, among how many threads they are shared out, for how many seconds to ask, 0:
-- until wrk stops.
-- A case is "REQUEST_BYTES ANSWER_BYTES\n", the request's body, the answer. Where there is more than one case, there are
-- as many threads as connections: a thread with one connection knows which request an answer belongs to. A thread that is told how long to ask waits for its last answer: no work is done that is not counted.

local ffi = require("ffi")
ffi.cdef[[
  typedef struct { long seconds, nanoseconds; } bench_time;
  int clock_gettime(int clock, bench_time *time);
]]
local clock = ffi.new("bench_time")
local function now()
  ffi.C.clock_gettime(1, clock)
  return tonumber(clock.seconds) + tonumber(clock.nanoseconds) / 1e9
end

local threads = {}
function setup(thread)
  thread:set("first", #threads)
  table.insert(threads, thread)
end

function init(arguments)
  wrong, at, requests, answers, began, ended = 0, 0, {}, {}, 0, 0
  seconds = tonumber(arguments[3])
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  local file, stride, number = assert(io.open(arguments[1], "rb")), tonumber(arguments[2]), 0
  while true do
    local request_bytes, answer_bytes = file:read("*n", "*n")
    if not request_bytes then break end
    file:read(1)
    if number % stride == first % stride then
      wrk.body = file:read(request_bytes)
      table.insert(requests, wrk.format())
      table.insert(answers, file:read(answer_bytes))
    else
      file:seek("cur", request_bytes + answer_bytes)
    end
    number = number + 1
  end
  file:close()
end

function request()
  if began == 0 then began = now() end
  at = at % #requests + 1
  return requests[at]
end

function response(status, _, body)
  if status ~= 200 or body ~= answers[at] then wrong = wrong + 1 end
  if seconds > 0 then
    ended = now()
    if ended - began >= seconds then wrk.thread:stop() end
  end
end

function done(summary, latency)
  local bad, first_began, last_ended = 0, math.huge, 0
  for _, thread in ipairs(threads) do
    bad = bad + thread:get("wrong")
    first_began = math.min(first_began, thread:get("began"))
    last_ended = math.max(last_ended, thread:get("ended"))
  end
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, bad,
    errors.connect + errors.read + errors.write + errors.timeout, last_ended > 0 and (last_ended - first_began) * 1e6 or summary.duration,
    latency:percentile(50), latency:percentile(99)))
end
