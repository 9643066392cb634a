#include "router/http/negotiation.hpp"

#include <algorithm>

#include "router/http/media_type.hpp"
#include "router/http/token.hpp"

namespace signet::http {
namespace {

constexpr size_t kRangesMax = 100;
constexpr int kWeightMax = 1000;

// Thousandths; spec: RFC 9110 §12.4.2, at most three decimals.
std::optional<int> parse_weight(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int weight = (text[0] - '0') * kWeightMax;
  if (text.size() == 1) return weight;
  if (text[1] != '.') return std::nullopt;
  int scale = 100;
  for (char c : text.substr(2)) {
    if (c < '0' || c > '9') return std::nullopt;
    weight += (c - '0') * scale;
    scale /= 10;
  }
  return weight <= kWeightMax ? std::optional(weight) : std::nullopt;
}

std::optional<int> weight_of(const MediaType& range) {
  const std::string* q = range.parameter("q");
  return q == nullptr ? kWeightMax : parse_weight(*q);
}

/// What the ranges say about one representation.
struct Preference {
  int weight = 0;
  int specificity = 0;  // 0: no range matches; 1: */*; 2: application/*; 3: exact
  size_t place = 0;

  bool better_than(const Preference& other) const {
    if (weight != other.weight) return weight > other.weight;
    if (specificity != other.specificity) return specificity > other.specificity;
    return place < other.place;
  }
};

int specificity_for(const MediaType& range, std::string_view essence) {
  if (range.essence() == essence) return range.utf8() ? 3 : 0;
  if (range.type == "*") return 1;
  return range.type == "application" && range.subtype == "*" ? 2 : 0;
}

void consider(Preference& preference, const MediaType& range, std::string_view essence, int weight, size_t place) {
  const int specificity = specificity_for(range, essence);
  if (specificity > preference.specificity) preference = {weight, specificity, place};
}

}  // namespace

std::string_view to_text(ResponseType type) {
  return type == ResponseType::json ? kJson : kGraphqlResponse;
}

std::optional<ResponseType> negotiate_response_type(const Headers& headers) {
  const std::string value = headers.joined("accept");
  const auto ranges = split_list(value, kRangesMax);
  if (!ranges) return std::nullopt;
  Preference json, graphql;
  bool understood = false;
  size_t place = 0;
  for (std::string_view text : *ranges) {
    ++place;
    const auto range = parse_media_type(text, true);
    const auto weight = range ? weight_of(*range) : std::nullopt;
    if (!weight) continue;  // a malformed range is as if it were not there
    understood = true;
    consider(json, *range, kJson, *weight, place);
    consider(graphql, *range, kGraphqlResponse, *weight, place);
  }
  if (!understood) return ResponseType::json;
  if (json.weight == 0 && graphql.weight == 0) return std::nullopt;
  return graphql.better_than(json) ? ResponseType::graphql_response : ResponseType::json;
}

bool negotiate_gzip(const Headers& headers) {
  const std::string value = headers.joined("accept-encoding");
  const auto codings = split_list(value, kRangesMax);
  if (!codings) return false;
  std::optional<int> gzip, identity, any;
  for (std::string_view element : *codings) {
    const size_t semicolon = element.find(';');
    const std::string_view name = trim_space(element.substr(0, semicolon));
    int weight = kWeightMax;
    if (semicolon != std::string_view::npos) {
      const std::string_view parameter = trim_space(element.substr(semicolon + 1));
      if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
      const auto parsed = parse_weight(parameter.substr(2));
      if (!parsed) continue;
      weight = *parsed;
    }
    if (equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip")) gzip = weight;
    if (equals_ignoring_case(name, "identity")) identity = weight;
    if (name == "*") any = weight;
  }
  const int gzip_weight = gzip.value_or(any.value_or(0));
  return gzip_weight > 0 && gzip_weight >= identity.value_or(0);
}

}  // namespace signet::http
