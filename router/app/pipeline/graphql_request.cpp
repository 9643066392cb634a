#include "router/app/pipeline/graphql_request.hpp"

#include <set>

#include "router/base/utf8.hpp"
#include "router/json/document.hpp"

namespace signet::app {
namespace {

std::unexpected<Error> bad(std::string message) {
  return std::unexpected(Error{ErrorCode::BAD_REQUEST, std::move(message)});
}

// The id inside `extensions`, when there is one. Errors: it is there and malformed.
std::expected<std::optional<std::string>, Error> apq_id(const json::Document& document, json::NodeId extensions) {
  if (!extensions || document.is_null(extensions)) return std::nullopt;
  if (document.kind(extensions) != json::Kind::object) return bad("\"extensions\" is not an object");
  const json::NodeId persisted = document.find(extensions, "persistedQuery");
  if (!persisted || document.is_null(persisted)) return std::nullopt;
  const json::NodeId hash = document.find(persisted, "sha256Hash");
  if (!hash || document.kind(hash) != json::Kind::string) {
    return bad("\"extensions.persistedQuery.sha256Hash\" is not a string");
  }
  return document.string(hash);
}

std::expected<void, Error> set_id(GraphqlRequest& request, std::string id) {
  if (request.persisted_id && *request.persisted_id != id) return bad("the request names two different operation ids");
  request.persisted_id = std::move(id);
  return {};
}

// Percent-decoding with `+` as a space, as HTML forms encode. Spec: https://url.spec.whatwg.org/#urlencoded-parsing
std::optional<std::string> form_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return std::nullopt;
      out.push_back(static_cast<char>(digit(text[i + 1]) << 4 | digit(text[i + 2])));
      i += 2;
    }
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

// Reads one member of the POST body into the request. Unknown members are ignored, as the specification asks.
std::expected<void, Error> take_member(GraphqlRequest& request, const json::Document& document, const std::string& key,
                                       json::NodeId value) {
  const bool null = document.is_null(value);
  const json::Kind kind = document.kind(value);
  if (key == "query" || key == "operationName" || key == "documentId" || key == "doc_id") {
    if (null) return {};
    if (kind != json::Kind::string) return bad("\"" + key + "\" is not a string");
    if (key == "query") {
      request.query = document.string(value);
    } else if (key == "operationName") {
      request.operation_name = document.string(value);
    } else {
      return set_id(request, document.string(value));
    }
  } else if (key == "variables") {
    if (!null && kind != json::Kind::object) return bad("\"variables\" is not an object");
    request.variables = document.raw(value);
  } else if (key == "extensions") {
    auto id = apq_id(document, value);
    if (!id) return std::unexpected(id.error());
    if (*id) return set_id(request, std::move(**id));
  }
  return {};
}

}  // namespace

std::expected<GraphqlRequest, Error> decode_post(std::string_view body) {
  auto document = json::Document::parse(body);
  if (!document) return bad("the body is not valid JSON: " + document.error().message);
  if (document->kind(document->root()) == json::Kind::array) return bad("batches are not supported");
  if (document->kind(document->root()) != json::Kind::object) return bad("the body is not a JSON object");
  GraphqlRequest request;
  for (const auto& [key, value] : document->members(document->root())) {
    if (auto taken = take_member(request, *document, document->string(key), value); !taken) {
      return std::unexpected(taken.error());
    }
  }
  return request;
}

std::expected<GraphqlRequest, Error> decode_get(std::string_view query_string) {
  GraphqlRequest request;
  std::set<std::string> seen;
  while (!query_string.empty()) {
    const size_t end = query_string.find('&');
    const std::string_view pair = query_string.substr(0, end);
    query_string.remove_prefix(end == std::string_view::npos ? query_string.size() : end + 1);
    const size_t equals = pair.find('=');
    const auto key = form_decode(pair.substr(0, equals));
    auto value = form_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
    if (!key || !value) return bad("the query string is not valid percent-encoded UTF-8");
    if (*key == "query") {
      if (request.query) return bad("\"query\" stands twice in the query string");
      request.query = std::move(*value);
    } else if (*key == "operationName") {
      if (!seen.insert(*key).second) return bad("\"" + *key + "\" stands twice in the query string");
      request.operation_name = std::move(*value);
    } else if (*key == "documentId" || *key == "doc_id") {
      if (auto set = set_id(request, std::move(*value)); !set) return std::unexpected(set.error());
    } else if (*key == "variables" || *key == "extensions") {
      if (!seen.insert(*key).second) return bad("\"" + *key + "\" stands twice in the query string");
      auto document = json::Document::parse(*value);
      if (!document) return bad("\"" + *key + "\" is not valid JSON: " + document.error().message);
      if (auto taken = take_member(request, *document, *key, document->root()); !taken) {
        return std::unexpected(taken.error());
      }
    }
  }
  return request;
}

}  // namespace signet::app
