#include "router/app/prepared_operation.hpp"

#include <algorithm>
#include <set>

#include "router/crypto/crypto.hpp"
#include "router/federation/planner.hpp"
#include "router/operation/limits.hpp"
#include "router/operation/operation_rebuilder.hpp"
#include "router/policy/operation_limits.hpp"

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

template <class IdType, class T>
size_t array_bytes(const IdVector<IdType, T>& items) {
  return items.size() * sizeof(T) * 2;  // grown by doubling: up to half of it is empty
}

}  // namespace

OperationKey OperationKey::of(std::string_view text, std::string_view name) {
  const Hash128 of_text = keyed_hash(text);
  if (name.empty()) return {of_text, text, name};
  const Hash128 of_name = keyed_hash(name);
  return {{of_text.low ^ (of_name.high * 3), of_text.high ^ (of_name.low * 5)}, text, name};
}

PreparedOperation::PreparedOperation(Hash128 key_hash, std::string_view name, graphql::Document parsed)
    : hash(key_hash), operation_name(name), document(std::move(parsed)) {}

size_t PreparedOperation::bytes() const {
  constexpr size_t kFixedBytes = 1u << 10;  // this object, its nodes in a cache, what the allocator adds
  constexpr size_t kArenaBytes = 4u << 10;  // a block of the document's arena, for strings that are not as written
  const bool cooked =
      std::ranges::any_of(document.values, [](const auto& value) { return value.kind == graphql::ValueKind::string; });
  const size_t text = document.source().size() * (cooked ? 2 : 1) + (cooked ? kArenaBytes : 0);
  return kFixedBytes + text + operation_name.size() + array_bytes(document.values) + array_bytes(document.arguments) +
         array_bytes(document.directives) + array_bytes(document.type_refs) + array_bytes(document.selections) +
         array_bytes(document.variable_definitions) + array_bytes(document.operations) +
         array_bytes(document.fragments);
}

std::expected<std::shared_ptr<const PreparedOperation>, DocumentErrors> prepare(const Snapshot& snapshot,
                                                                                const OperationKey& key,
                                                                                telemetry::LabelTable& labels) {
  const config::Limits& limits = snapshot.settings->config.limits;
  std::vector<telemetry::Label<telemetry::LabelClass::limit>> measured;
  auto document_size = policy::check_document_size(limits, key.text.size());
  if (document_size && document_size->enforced) {
    Error error = policy::to_error(*document_size);
    return refuse(error.code, std::move(error.message));
  }
  if (document_size) measured.push_back(labels.limit(document_size->name));
  auto document = graphql::parse_executable(key.text, policy::parse_limits(limits));
  if (!document) {
    return std::unexpected(
        DocumentErrors{{document.error().code, document.error().message, {document.error().position}}});
  }
  auto prepared = std::make_shared<PreparedOperation>(key.hash, key.name, std::move(*document));
  prepared->measured = std::move(measured);
  auto selected = operation::select_operation(prepared->document, key.name);
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
    prepared->measured.push_back(labels.limit(exceeded.name));
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

std::expected<OperationVariant, operation::DocumentError> plan_variant(const Snapshot& snapshot,
                                                                       const PreparedOperation& operation,
                                                                       uint32_t condition_mask,
                                                                       telemetry::LabelTable& labels) {
  const federation::Supergraph& supergraph = snapshot.graph->supergraph;
  auto normalized = operation::normalize(operation.document, supergraph.schema, operation.operation, condition_mask,
                                         snapshot.settings->config.limits.expanded_selections.max);
  if (!normalized) return std::unexpected(normalized.error());
  auto plan = federation::plan(supergraph, operation.document, *normalized);
  if (!plan) return std::unexpected(plan.error());
  // Measured: 700 to 800 bytes for a field, 1.1 KB for an object of one type at one place.
  constexpr size_t kPlanBytes = 4u << 10;
  constexpr size_t kPerFieldBytes = 800;
  constexpr size_t kPerCaseBytes = 1'200;
  constexpr size_t kIntrospectionBytesMax = 256u << 10;
  auto introspection =
      execution::IntrospectionAnswers::make(**plan, snapshot.graph->supergraph.schema, kIntrospectionBytesMax);
  const size_t bytes = kPlanBytes + kPerFieldBytes * normalized->fields.size() + kPerCaseBytes * (*plan)->cases.size() +
                       (introspection ? introspection->bytes() : 0);
  return OperationVariant{condition_mask, *plan, std::move(introspection),
                          usage_of(snapshot, *normalized, operation.document[operation.operation].name, labels), bytes};
}

}  // namespace signet::app
