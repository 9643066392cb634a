// Prepared operations: what is known of a client's operation before its variables come, and its plans.
//
// What depends on nothing but text, name and graph is done once; a plan is made per outcome of @skip/@include. All of
// it is immutable: planner threads make it, workers share it.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "router/app/snapshot.hpp"
#include "router/base/keyed_hash.hpp"
#include "router/execution/introspection.hpp"
#include "router/federation/plan.hpp"
#include "router/operation/prepare.hpp"
#include "telemetry/record/span.hpp"

namespace signet::app {

using DocumentErrors = std::vector<operation::DocumentError>;

/// What an operation is found by. The hash finds it, the bytes decide.
/// Lifetime: borrows text and name.
struct OperationKey {
  Hash128 hash;
  std::string_view text;
  std::string_view name;

  static OperationKey of(std::string_view text, std::string_view name);
  friend bool operator==(const OperationKey&, const OperationKey&) = default;
};

struct OperationKeyHash {
  size_t operator()(const OperationKey& key) const { return key.hash.low; }
};

/// An operation that passed everything that does not depend on variables.
/// Threads: immutable once prepare() returned it.
struct PreparedOperation {
  PreparedOperation(Hash128 hash, std::string_view operation_name, graphql::Document parsed);

  Hash128 hash;
  std::string operation_name;
  graphql::Document document;
  graphql::OperationId operation;
  std::vector<std::string_view> conditions;
  /// Limits in mode `measure` that it exceeds.
  std::vector<telemetry::Label<telemetry::LabelClass::limit>> measured;

  /// Lifetime: of this object.
  OperationKey key() const { return {hash, document.source(), operation_name}; }
  graphql::OperationType type() const { return document[operation].type; }
  /// An upper estimate, without plans. Units: bytes.
  size_t bytes() const;
};

/// An operation's plan for one outcome of its conditions.
struct OperationVariant {
  uint32_t condition_mask = 0;
  std::shared_ptr<const federation::Plan> plan;
  std::shared_ptr<const execution::IntrospectionAnswers> introspection;  ///< null: none
  std::shared_ptr<const telemetry::UsageTemplate> usage;
  size_t bytes = 0;  ///< an upper estimate
};

/// Parses, validates and measures: the cold path up to planning.
/// Errors: what the client gets to see; syntax, validation, limits, unsupported constructs.
std::expected<std::shared_ptr<const PreparedOperation>, DocumentErrors> prepare(const Snapshot& snapshot,
                                                                                const OperationKey& key,
                                                                                telemetry::LabelTable& labels);

/// Errors: as federation::plan() and operation::normalize().
std::expected<OperationVariant, operation::DocumentError> plan_variant(const Snapshot& snapshot,
                                                                       const PreparedOperation& operation,
                                                                       uint32_t condition_mask,
                                                                       telemetry::LabelTable& labels);

}  // namespace signet::app
