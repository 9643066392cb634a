#include "signing/core/serial.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/base/limits.hpp"
#include "router/crypto/crypto.hpp"
#include "signing/core/key.hpp"

namespace signet::signing {

Result<uint64_t> next_serial(uint64_t last, WallTime now) {
  const uint64_t seconds = unix_seconds(now);
  if (last >= kSerialMax || last + 1 > seconds + kFastForwardSecondsMax) {
    return fail(ErrorCode::LIMIT_EXCEEDED,
                fmt::format("the last serial {} lies more than 24 h ahead of the clock ({}); routers would refuse the "
                            "next one; correct the clock or the recorded serial",
                            last, seconds));
  }
  return std::max(last + 1, seconds);
}

Result<Statement> make_statement(const StatementRequest& request, WallTime now) {
  auto bad = [](std::string message) { return fail(ErrorCode::INVALID_CONFIGURATION, std::move(message)); };
  if (!is_plain_name(request.graph) || !is_plain_name(request.environment)) {
    return bad("graph and environment have 1 to 128 letters, digits, dots, underscores and hyphens");
  }
  if (request.artifact_bytes.empty()) return bad("the artifact is empty");
  if (request.artifact_bytes.size() > limits::kArtifactBytesMax) {
    return bad(fmt::format("the artifact has {} bytes; at most {} are allowed", request.artifact_bytes.size(),
                           limits::kArtifactBytesMax));
  }
  if (!request.previous.empty() && !is_sha256_hex(request.previous)) return bad("previous is not a sha256 in hex");
  if (request.lifetime < std::chrono::seconds(1)) return bad("the lifetime is not at least one second");
  SIGNET_TRY(const uint64_t serial, next_serial(request.last_serial, now));
  const WallTime issued = std::chrono::floor<std::chrono::seconds>(now);
  return Statement{.artifact = request.artifact,
                   .graph = std::string(request.graph),
                   .environment = std::string(request.environment),
                   .serial = serial,
                   .previous = std::string(request.previous),
                   .issued = issued,
                   .expires = issued + request.lifetime,
                   .size = request.artifact_bytes.size(),
                   .sha256 = crypto::sha256_hex(request.artifact_bytes)};
}

}  // namespace signet::signing
