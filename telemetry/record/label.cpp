#include "telemetry/record/label.hpp"

#include <algorithm>
#include <array>

namespace signet::telemetry {
namespace {

constexpr std::string_view kOther = "_other";
constexpr size_t kDocumentBytesMax = 8u << 10;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct Alphabet {
  std::string_view extra;  // beside letters and digits
  size_t bytes_max;
};

Alphabet alphabet(LabelClass label_class) {
  switch (label_class) {
    case LabelClass::route:
      return {"/_-.~", 256};
    case LabelClass::coordinate:
      return {"_.", 512};
    case LabelClass::subgraph:
      return {"_-.", 128};
    case LabelClass::document:
      return {" _$@(){}[]:,!.\n", kDocumentBytesMax};
    default:
      return {"_.-", 128};
  }
}

// Families by a token in the header, the more telling ones first. The table is the whole vocabulary.
constexpr auto kUserAgents = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"Edg/", "edge"},
    {"OPR/", "opera"},
    {"Firefox/", "firefox"},
    {"Chrome/", "chrome"},
    {"Safari/", "safari"},
    {"curl/", "curl"},
    {"Wget/", "wget"},
    {"python-requests/", "python-requests"},
    {"python-httpx/", "httpx"},
    {"aiohttp/", "aiohttp"},
    {"Go-http-client/", "go"},
    {"okhttp/", "okhttp"},
    {"Apache-HttpClient/", "apache-httpclient"},
    {"axios/", "axios"},
    {"node-fetch/", "node-fetch"},
    {"undici", "undici"},
    {"kube-probe/", "kube-probe"},
    {"Prometheus/", "prometheus"},
    {"k6/", "k6"},
    {"PostmanRuntime/", "postman"},
});

constexpr auto kMethods = std::to_array<std::string_view>(
    {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"});

}  // namespace

bool is_allowed(LabelClass label_class, std::string_view text) {
  const Alphabet allowed = alphabet(label_class);
  if (text.empty() || text.size() > allowed.bytes_max) return false;
  return std::ranges::all_of(
      text, [&](char c) { return is_letter(c) || is_digit(c) || allowed.extra.find(c) != std::string_view::npos; });
}

LabelTable::LabelTable() {
  entries_.push_back({LabelClass::method, {}});
}

uint32_t LabelTable::intern(LabelClass label_class, std::string_view text) {
  if (!is_allowed(label_class, text)) text = kOther;
  std::string key;
  key.reserve(text.size() + 1);
  key.push_back(static_cast<char>(label_class));
  key.append(text);
  const std::scoped_lock lock(mutex_);
  if (const auto found = ids_.find(key); found != ids_.end()) return found->second;
  size_t& count = counts_[static_cast<uint8_t>(label_class)];
  size_t& bytes = bytes_[static_cast<uint8_t>(label_class)];
  if (count >= kLabelsPerClassMax || bytes + text.size() > kLabelBytesPerClassMax) {
    key.resize(1);
    key.append(kOther);
    if (const auto found = ids_.find(key); found != ids_.end()) return found->second;
    text = kOther;
  }
  ++count;
  bytes += text.size();
  const auto id = static_cast<uint32_t>(entries_.size());
  entries_.push_back({label_class, std::string(text)});
  ids_.emplace(std::move(key), id);
  return id;
}

bool LabelTable::text_of(uint32_t id, LabelClass expected, std::string_view& text) const {
  const std::scoped_lock lock(mutex_);
  if (id == 0 || id >= entries_.size() || entries_[id].label_class != expected) return false;
  text = entries_[id].text;
  return is_allowed(expected, text);
}

Label<LabelClass::method> LabelTable::method(std::string_view token) {
  const bool known = std::ranges::find(kMethods, token) != kMethods.end();
  return make<LabelClass::method>(known ? token : "_OTHER");
}
Label<LabelClass::route> LabelTable::route(std::string_view configured_path) {
  return make<LabelClass::route>(configured_path);
}
Label<LabelClass::error_code> LabelTable::error_code(std::string_view registry_name) {
  return make<LabelClass::error_code>(registry_name);
}
Label<LabelClass::operation_type> LabelTable::operation_type(std::string_view keyword) {
  return make<LabelClass::operation_type>(keyword);
}
Label<LabelClass::subgraph> LabelTable::subgraph(std::string_view name_in_supergraph) {
  return make<LabelClass::subgraph>(name_in_supergraph);
}
Label<LabelClass::refusal_reason> LabelTable::refusal_reason(std::string_view registry_name) {
  return make<LabelClass::refusal_reason>(registry_name);
}
Label<LabelClass::limit> LabelTable::limit(std::string_view registry_name) {
  return make<LabelClass::limit>(registry_name);
}

Label<LabelClass::tls_failure> LabelTable::tls_failure(std::string_view registry_name) {
  return make<LabelClass::tls_failure>(registry_name);
}

Label<LabelClass::alarm> LabelTable::alarm(std::string_view registry_name) {
  return make<LabelClass::alarm>(registry_name);
}

Label<LabelClass::artifact> LabelTable::artifact(std::string_view kind) {
  return make<LabelClass::artifact>(kind);
}

Label<LabelClass::key_id> LabelTable::key_id(std::string_view configured_kid) {
  return make<LabelClass::key_id>(configured_kid);
}

Label<LabelClass::choice> LabelTable::choice(std::string_view key_of_configuration) {
  return make<LabelClass::choice>(key_of_configuration);
}

Label<LabelClass::coordinate> LabelTable::coordinate(std::string_view type_name, std::string_view field_name) {
  return make<LabelClass::coordinate>(std::string(type_name) + "." + std::string(field_name));
}

Label<LabelClass::operation_name> LabelTable::operation_name(std::string_view name, bool registered) {
  return make<LabelClass::operation_name>(registered ? name : kOther);
}

Label<LabelClass::document> LabelTable::rebuilt_document(std::string_view text) {
  if (text.size() > kDocumentBytesMax) return {};
  return make<LabelClass::document>(text);
}

Label<LabelClass::operation_hash> LabelTable::operation_hash(std::string_view hex) {
  return make<LabelClass::operation_hash>(hex);
}

Label<LabelClass::user_agent> LabelTable::user_agent(std::string_view header) {
  for (const auto& [token, family] : kUserAgents) {
    if (header.find(token) != std::string_view::npos) return make<LabelClass::user_agent>(family);
  }
  return make<LabelClass::user_agent>(kOther);
}

}  // namespace signet::telemetry
