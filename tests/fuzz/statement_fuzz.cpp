// Statement, JWS and what stands around them never crash; what parses prints and parses again to the same.
#include <string_view>

#include "router/base/check.hpp"
#include "signing/core/jws.hpp"
#include "signing/core/last_good.hpp"
#include "signing/core/state_record.hpp"
#include "signing/core/statement.hpp"

using namespace signet::signing;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto statement = parse_statement(text))
    SIGNET_CHECK(parse_statement(print_statement(*statement)) == *statement);
  if (const auto jws = parse_jws(text)) {
    const auto again = parse_jws(print_jws(*jws));
    SIGNET_CHECK(again && again->payload == jws->payload && print_jws(*again) == print_jws(*jws));
    (void)parse_statement(jws->payload);
  }
  (void)parse_state(text);
  (void)parse_last_good(text);
  return 0;
}
