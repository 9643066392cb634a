#include "router/app/operation_cache.hpp"

#include <set>

#include "router/crypto/crypto.hpp"
#include "router/federation/planner.hpp"
#include "router/operation/limits.hpp"
#include "router/operation/operation_rebuilder.hpp"

namespace signet::app {
namespace {

std::unexpected<DocumentErrors> refuse(ErrorCode code, std::string message) {
  return std::unexpected(DocumentErrors{{code, std::move(message), {}}});
}

std::string_view keyword(graphql::OperationType type) {
  return type == graphql::OperationType::mutation ? "mutation" : "query";
}

std::shared_ptr<const telemetry::UsageTemplate> usage_of(const Snapshot& snapshot,
                                                         const operation::NormalizedOperation& normalized,
                                                         std::string_view name, telemetry::LabelTable& labels) {
  const schema::Schema& schema = snapshot.graph->supergraph.schema;
  auto usage = std::make_shared<telemetry::UsageTemplate>();
  const std::string rebuilt = operation::rebuild_operation(normalized, schema);
  usage->hash = labels.operation_hash(crypto::sha256_hex(rebuilt).substr(0, 32));
  usage->type = labels.operation_type(keyword(normalized.type));
  usage->document = labels.rebuilt_document(rebuilt);
  const bool registered = snapshot.operations != nullptr && snapshot.operations->knows_name(name);
  if (!name.empty()) usage->name = labels.operation_name(name, registered);
  std::set<schema::FieldId> seen;
  for (const operation::FieldNode& node : normalized.fields) {
    if (node.kind != operation::FieldKind::schema_field || !seen.insert(node.field).second) continue;
    usage->fields.push_back(
        labels.coordinate(schema.type_name(schema.fields[node.field].parent), schema.field_name(node.field)));
  }
  return usage;
}

}  // namespace

PreparedOperation::PreparedOperation(std::string source, std::string name, graphql::Document parsed)
    : text(std::move(source)), operation_name(std::move(name)), document(std::move(parsed)) {}

size_t PreparedOperation::bytes() const {
  constexpr size_t kUnplannedBytes = 16u << 10;
  size_t plans = 0;
  for (const Variant& variant : variants_) plans += variant.bytes;
  return sizeof *this + text.size() * 12 + operation_name.size() + std::max(plans, kUnplannedBytes);
}

std::expected<PreparedOperation::Variant, operation::DocumentError> PreparedOperation::variant_for(
    const Snapshot& snapshot, const operation::CoercedVariables& variables, telemetry::LabelTable& labels) {
  const uint32_t mask = operation::condition_mask(conditions, document, operation, variables);
  for (const Variant& variant : variants_) {
    if (variant.condition_mask == mask) return variant;
  }
  const federation::Supergraph& supergraph = snapshot.graph->supergraph;
  auto normalized = operation::normalize(document, supergraph.schema, operation, mask,
                                         snapshot.settings->config.limits.expanded_selections.max);
  if (!normalized) return std::unexpected(normalized.error());
  auto plan = federation::plan(supergraph, document, *normalized);
  if (!plan) return std::unexpected(plan.error());
  if (variants_.size() >= kVariantsMax) variants_.erase(variants_.begin());
  // Measured: 700 to 800 bytes for a field, 1.1 KB for an object of one type at one place.
  constexpr size_t kPlanBytes = 4u << 10;
  constexpr size_t kPerFieldBytes = 800;
  constexpr size_t kPerCaseBytes = 1'200;
  const size_t bytes = kPlanBytes + kPerFieldBytes * normalized->fields.size() + kPerCaseBytes * (*plan)->cases.size();
  variants_.push_back({mask, *plan, usage_of(snapshot, *normalized, document[operation].name, labels), bytes});
  return variants_.back();
}

std::expected<std::shared_ptr<PreparedOperation>, DocumentErrors> prepare(const Snapshot& snapshot,
                                                                          std::string_view text,
                                                                          std::string_view operation_name) {
  const config::Limits& limits = snapshot.settings->config.limits;
  std::vector<policy::Exceeded> measured;
  auto document_size = policy::check_document_size(limits, text.size());
  if (document_size && document_size->enforced) {
    Error error = policy::to_error(*document_size);
    return refuse(error.code, std::move(error.message));
  }
  if (document_size) measured.push_back(*document_size);
  auto document = graphql::parse_executable(text, policy::parse_limits(limits));
  if (!document) {
    return std::unexpected(
        DocumentErrors{{document.error().code, document.error().message, {document.error().position}}});
  }
  auto prepared =
      std::make_shared<PreparedOperation>(std::string(text), std::string(operation_name), std::move(*document));
  prepared->measured = std::move(measured);
  auto selected = operation::select_operation(prepared->document, operation_name);
  if (!selected) return std::unexpected(DocumentErrors{selected.error()});
  prepared->operation = *selected;

  // Limits come before validation: what is too large is not worth validating.
  const std::string_view own_name = prepared->document[*selected].name;
  for (const policy::Exceeded& exceeded : policy::check_operation(
           limits, operation::measure(prepared->document, *selected), prepared->document, own_name)) {
    if (exceeded.enforced) {
      Error error = policy::to_error(exceeded);
      return refuse(error.code, std::move(error.message));
    }
    prepared->measured.push_back(exceeded);
  }
  const schema::Schema& schema = snapshot.graph->supergraph.schema;
  if (auto errors = operation::validate(prepared->document, schema); !errors.empty()) {
    return std::unexpected(std::move(errors));
  }
  if (prepared->type() == graphql::OperationType::subscription) {
    return refuse(ErrorCode::SUBSCRIPTIONS_NOT_SUPPORTED, "subscriptions are not supported");
  }
  if (!snapshot.settings->config.introspection && operation::introspection_used(prepared->document, *selected)) {
    return refuse(ErrorCode::INTROSPECTION_DISABLED, "introspection is disabled");
  }
  auto conditions = operation::condition_variables(prepared->document, *selected);
  if (!conditions) return std::unexpected(DocumentErrors{conditions.error()});
  prepared->conditions = std::move(*conditions);
  return prepared;
}

Hash128 OperationCache::hash(std::string_view text, std::string_view operation_name) {
  const Hash128 of_text = keyed_hash(text);
  if (operation_name.empty()) return of_text;
  const Hash128 of_name = keyed_hash(operation_name);
  return {of_text.low ^ (of_name.high * 3), of_text.high ^ (of_name.low * 5)};
}

std::shared_ptr<PreparedOperation> OperationCache::find(uint64_t generation, std::string_view text,
                                                        std::string_view operation_name) {
  if (generation_ != generation) {
    entries_.clear();
    index_.clear();
    bytes_ = 0;
    generation_ = generation;
  }
  const auto found = index_.find(hash(text, operation_name));
  if (found == index_.end()) return nullptr;
  const auto& operation = found->second->operation;
  if (operation->text != text || operation->operation_name != operation_name) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return operation;
}

void OperationCache::insert(const std::shared_ptr<PreparedOperation>& operation) {
  const Hash128 key = hash(operation->text, operation->operation_name);
  if (const auto found = index_.find(key); found != index_.end()) {
    bytes_ -= found->second->bytes;
    entries_.erase(found->second);
    index_.erase(found);
  }
  const size_t bytes = operation->bytes();
  entries_.push_front({key, operation, bytes});
  index_[key] = entries_.begin();
  bytes_ += bytes;
  while (bytes_ > kBytesMax && entries_.size() > 1) {
    bytes_ -= entries_.back().bytes;
    index_.erase(entries_.back().hash);
    entries_.pop_back();
  }
}

}  // namespace signet::app
