#include "router/http/content_coding.hpp"

#include <fmt/format.h>

#include "router/http/media_type.hpp"

namespace signet::http {
namespace {

constexpr size_t kCodingsMax = 8;

}  // namespace

std::expected<ContentCoding, std::string> content_coding(const Headers& headers) {
  const std::string value = headers.joined("content-encoding");
  const auto codings = split_list(value, kCodingsMax);
  if (!codings) return std::unexpected(fmt::format("more than {} content codings", kCodingsMax));
  ContentCoding found = ContentCoding::identity;
  for (std::string_view coding : *codings) {
    if (equals_ignoring_case(coding, "identity")) continue;
    if (!equals_ignoring_case(coding, "gzip") && !equals_ignoring_case(coding, "x-gzip")) {
      return std::unexpected("the content coding is neither gzip nor identity");
    }
    if (found == ContentCoding::gzip) return std::unexpected("the content is gzip-coded more than once");
    found = ContentCoding::gzip;
  }
  return found;
}

std::expected<LentText, std::string> decode_content(const Headers& headers, LentText body, const DecodeLimits& limits) {
  const auto coding = content_coding(headers);
  if (!coding) return std::unexpected(coding.error());
  if (*coding == ContentCoding::identity) {
    if (body.view().size() > limits.output_bytes_max) {
      return std::unexpected(
          fmt::format("the body has {} bytes; at most {} are allowed", body.view().size(), limits.output_bytes_max));
    }
    return body;
  }
  auto decoded = gzip_decode(body.view(), limits);
  if (!decoded) return std::unexpected(std::string(to_text(decoded.error())));
  return std::move(*decoded);
}

}  // namespace signet::http
