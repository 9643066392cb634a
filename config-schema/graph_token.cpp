#include "config-schema/graph_token.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/base/encoding.hpp"
#include "router/json/document.hpp"

namespace signet::config {
namespace {

constexpr size_t kIdBytesMax = 128;
constexpr std::string_view kWhatToDo = "take the one that Cosmo's Studio or `wgc router token create` gives";

bool is_safe_segment(std::string_view id) {
  return !id.empty() && id.size() <= kIdBytesMax && std::ranges::all_of(id, [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::unexpected<std::string> bad(std::string_view what) {
  return std::unexpected(fmt::format("{}; {}", what, kWhatToDo));
}

}  // namespace

std::expected<GraphToken, std::string> read_graph_token(std::string_view token) {
  const size_t first = token.find('.');
  const size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return bad("is no graph token of Cosmo, which is a JWT of three parts");
  }
  const auto payload = base64url_decode(token.substr(first + 1, second - first - 1));
  const auto claims = payload ? json::Document::parse(as_text(*payload), {.depth_max = 8})
                              : std::unexpected(json::ParseError{"not base64url"});
  if (!claims || claims->kind(claims->root()) != json::Kind::object) {
    return bad("is no graph token of Cosmo: its claims cannot be read");
  }
  GraphToken out;
  for (auto& [name, id] : {std::pair<std::string_view, std::string&>{"organization_id", out.organization_id},
                           std::pair<std::string_view, std::string&>{"federated_graph_id", out.federated_graph_id}}) {
    const json::NodeId node = claims->find(claims->root(), name);
    if (!node.valid() || claims->kind(node) != json::Kind::string) return bad(fmt::format("has no claim {}", name));
    id = claims->string(node);
    if (is_safe_segment(id)) continue;
    return bad(
        fmt::format("has a claim {} that is not 1 to {} letters, digits, underscores and hyphens", name, kIdBytesMax));
  }
  return out;
}

}  // namespace signet::config
