# The rooms of the house, top first. Read by Layers.cmake at configure time and by the test of the layering.
#
# A room may link, and include from, rooms on later lines only; on a shared line the left may use the right.

set(SIGNET_ROOM_LINES
  "router/cli router/demo"
  "router/app"
  "router/net"
  "telemetry/export"
  "signing/admission router/compose"
  "router/execution"
  "router/federation"
  "router/policy"
  "router/operation"
  "router/schema"
  "signing/core"
  "config-schema"
  "telemetry/record"
  "router/cosmo"
  "router/graphql"
  "router/http"
  "router/json"
  "router/crypto"
  "router/base")

# Third-party headers and the rooms that may include them.
set(SIGNET_HEADER_OWNERS
  "boost/asio|router/net"
  "boost/beast|router/net"
  "openssl/|router/crypto router/net"
  "simdjson|router/json"
  "yaml-cpp/|config-schema"
  "CLI/|router/cli"
  "protozero/|telemetry/export"
  "re2/|router/policy"
  "zlib.h|router/http"
  "nghttp2/|router/net")
