#include "router/operation/operation_outline.hpp"

namespace signet::operation {

namespace {

class Outliner {
 public:
  Outliner(const NormalizedOperation& operation, const schema::Schema& schema)
      : operation_(operation), schema_(schema) {}

  json::Outline run() const {
    json::Outline root("operation");
    root.fact("type", operation_.type == OperationType::query      ? "query"
                      : operation_.type == OperationType::mutation ? "mutation"
                                                                   : "subscription");
    for (const Variable& variable : operation_.variables) {
      root.add("variable").fact("name", variable.name).fact("type", schema_.print(variable.type));
    }
    add_classes(root, operation_.root);
    return root;
  }

 private:
  void add_classes(json::Outline& parent, SelectionSetId set) const {
    for (const TypeClass& each : operation_.selection_sets[set].classes) {
      std::vector<std::string> types;
      for (TypeId type : each.types) types.emplace_back(schema_.type_name(type));
      json::Outline& type_class = parent.add("class").fact("types", std::move(types));
      for (FieldNodeId field : each.fields) add_field(type_class, operation_.fields[field]);
    }
  }

  void add_field(json::Outline& parent, const FieldNode& node) const {
    json::Outline& field = parent.add("field").fact("key", node.response_key);
    field.fact("field", node.kind == FieldKind::type_name ? "__typename" : schema_.field_name(node.field));
    if (node.arguments && !operation_.arguments[node.arguments].text.empty()) {
      field.fact("arguments", operation_.arguments[node.arguments].text);
    }
    if (node.kind == FieldKind::schema_field) field.fact("type", schema_.print(schema_.fields[node.field].type));
    if (node.children) add_classes(field, node.children);
  }

  const NormalizedOperation& operation_;
  const schema::Schema& schema_;
};

}  // namespace

json::Outline outline(const NormalizedOperation& operation, const schema::Schema& schema) {
  return Outliner(operation, schema).run();
}

}  // namespace signet::operation
