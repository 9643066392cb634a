// Persisted operations: a signed manifest of operations, by id and by text.
//
// The manifest is the format of Apollo's client tools: {"format": "apollo-persisted-query-manifest", "version": 1,
// "operations": [{"id", "name", "type", "body"}]}. An id that is a SHA-256 must be that of its body.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "config-schema/config.hpp"
#include "router/base/error.hpp"
#include "router/base/keyed_hash.hpp"

namespace signet::policy {

/// What a request asks to run: an id, a text, or both.
struct RequestedOperation {
  std::optional<std::string_view> text;
  std::optional<std::string_view> id;
};

class PersistedOperations {
 public:
  /// Errors: the entry and what is wrong with it.
  static std::expected<PersistedOperations, std::string> parse(std::string_view manifest_json);

  /// The text to execute under `mode`: always the stored one where the manifest decides.
  /// Lifetime: of this object, or of `requested.text` when the mode is off.
  /// Errors: PERSISTED_QUERY_*, QUERY_NOT_IN_SAFELIST, BAD_REQUEST when there is neither id nor text.
  std::expected<std::string_view, Error> resolve(config::OperationsMode mode,
                                                 const RequestedOperation& requested) const;

  /// True when an operation of this name stands in the manifest: then telemetry may carry it.
  bool knows_name(std::string_view operation_name) const;
  size_t size() const { return by_id_.size(); }

 private:
  using TextMap = std::unordered_map<std::string, std::string, KeyedStringHash, std::equal_to<>>;

  TextMap by_id_;           // id → body
  TextMap by_normal_form_;  // printed document → body
  std::unordered_set<std::string, KeyedStringHash, std::equal_to<>> names_;
};

}  // namespace signet::policy
