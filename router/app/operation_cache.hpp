// Prepared operations, and the cache in which a request finds its own with one lookup.
//
// A lookup hashes text and operation name with the process's key and then compares the bytes. What depends on nothing
// but text, name and graph is done once; plans are kept per outcome of @skip/@include.
#pragma once

#include <cstdint>
#include <expected>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "router/app/snapshot.hpp"
#include "router/base/keyed_hash.hpp"
#include "router/federation/plan.hpp"
#include "router/operation/coercion.hpp"
#include "router/operation/prepare.hpp"
#include "router/policy/operation_limits.hpp"
#include "telemetry/record/span.hpp"

namespace signet::app {

using DocumentErrors = std::vector<operation::DocumentError>;

/// An operation that passed everything that does not depend on variables.
/// Threads: its worker's; plans are added to it as conditions come up.
class PreparedOperation {
 public:
  static constexpr size_t kVariantsMax = 32;

  PreparedOperation(std::string text, std::string operation_name, graphql::Document document);

  std::string text;
  std::string operation_name;
  graphql::Document document;
  graphql::OperationId operation;
  std::vector<std::string_view> conditions;
  std::vector<policy::Exceeded> measured;  ///< limits in mode `measure` that it exceeds

  graphql::OperationType type() const { return document[operation].type; }
  /// The operation for one outcome of its conditions.
  struct Variant {
    uint32_t condition_mask = 0;
    std::shared_ptr<const federation::Plan> plan;
    std::shared_ptr<const telemetry::UsageTemplate> usage;
    size_t bytes = 0;  ///< an estimate
  };
  /// The variant for these variables. Errors: as federation::plan() and operation::normalize().
  std::expected<Variant, operation::DocumentError> variant_for(const Snapshot& snapshot,
                                                               const operation::CoercedVariables& variables,
                                                               telemetry::LabelTable& labels);
  /// An estimate for the cache's bound. Units: bytes.
  size_t bytes() const;

 private:
  std::vector<Variant> variants_;
};

/// Parses, validates and measures: the cold path up to planning.
/// Errors: what the client gets to see; syntax, validation, limits, unsupported constructs.
std::expected<std::shared_ptr<PreparedOperation>, DocumentErrors> prepare(const Snapshot& snapshot,
                                                                          std::string_view text,
                                                                          std::string_view operation_name);

/// Bounded in bytes; the least recently used goes first.
/// Threads: its worker's.
class OperationCache {
 public:
  static constexpr size_t kBytesMax = 64u << 20;

  /// The operation, or null. A generation other than the last one's empties the cache.
  std::shared_ptr<PreparedOperation> find(uint64_t generation, std::string_view text, std::string_view operation_name);
  void insert(const std::shared_ptr<PreparedOperation>& operation);
  size_t bytes() const { return bytes_; }

 private:
  struct HashOf {
    size_t operator()(const Hash128& hash) const { return hash.low; }
  };
  struct Entry {
    Hash128 hash;
    std::shared_ptr<PreparedOperation> operation;
    size_t bytes;
  };
  static Hash128 hash(std::string_view text, std::string_view operation_name);

  uint64_t generation_ = 0;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<Hash128, std::list<Entry>::iterator, HashOf> index_;
  size_t bytes_ = 0;
};

}  // namespace signet::app
