// gzip with caps: a decoder that stops at the first byte too many, and a one-shot encoder.
// Spec: RFC 1952
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "router/base/limits.hpp"

namespace signet::http {

/// Units: bytes. The ratio counts only once more than `ratio_free_bytes` have come out: small inputs may be repetitive.
struct DecodeLimits {
  uint64_t output_bytes_max = limits::kArtifactBytesMax;
  uint64_t ratio_max = 100;
  uint64_t ratio_free_bytes = 1u << 20;
};

enum class GzipError : uint8_t { malformed, truncated, trailing_bytes, too_large, ratio };

/// A sentence for the operator.
std::string_view to_text(GzipError error);

/// Decodes a stream piece by piece; several members in a row count as one stream, as gzip(1) has it.
/// Threads: one.
class GzipDecoder {
 public:
  explicit GzipDecoder(const DecodeLimits& limits = {});
  ~GzipDecoder();
  GzipDecoder(GzipDecoder&&) noexcept;
  GzipDecoder& operator=(GzipDecoder&&) noexcept;

  /// Appends what `piece` decodes to. After an error the decoder refuses everything.
  std::expected<void, GzipError> feed(std::string_view piece, std::string& out);
  /// Errors: truncated when the stream has not ended, an empty stream included.
  std::expected<void, GzipError> finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::expected<std::string, GzipError> gzip_decode(std::string_view bytes, const DecodeLimits& limits = {});

/// Deterministic: no name, no time.
std::string gzip_encode(std::string_view bytes, int level = 6);

}  // namespace signet::http
