// Media types as Content-Type and Accept carry them.
// Spec: RFC 9110 §8.3.1, §5.6.6
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "router/http/message.hpp"

namespace signet::http {

inline constexpr std::string_view kJson = "application/json";
inline constexpr std::string_view kGraphqlResponse = "application/graphql-response+json";

struct MediaType {
  std::string type;     ///< lower case
  std::string subtype;  ///< lower case, suffix included: "graphql-response+json"
  std::vector<std::pair<std::string, std::string>> parameters;  ///< names lower case, values unquoted

  /// type/subtype
  std::string essence() const { return type + "/" + subtype; }
  /// The value of parameter `name`, or null.
  const std::string* parameter(std::string_view name) const;
  /// True when no charset is named or the charset is utf-8.
  bool utf8() const;
};

/// Accepts one media type and nothing after it. `*` counts as a type or subtype only with `wildcards`.
std::optional<MediaType> parse_media_type(std::string_view text, bool wildcards = false);

enum class ContentTypeProblem { absent, repeated, malformed };

/// The media type of a message's body. A CSRF check must treat every problem as a request that a browser can send
/// without preflight: browsers read types more leniently than this.
std::expected<MediaType, ContentTypeProblem> content_type(const Headers& headers);

/// Splits a field value at the commas that stand outside quoted strings; elements are trimmed, empty ones dropped.
/// Errors: nothing when there are more than `elements_max` elements or a quoted string does not end.
std::optional<std::vector<std::string_view>> split_list(std::string_view value, size_t elements_max);

}  // namespace signet::http
