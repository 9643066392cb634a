// No input object needs itself: a cycle of non-null fields could never be given a finite value, and a cycle of default
// values would never end. Spec: https://spec.graphql.org/September2025/#sec-Input-Objects.Circular-References and
// #InputObjectDefaultValueHasCycle()
#include "router/schema/schema_draft.hpp"

namespace signet::schema {
namespace {

enum class Visit : uint8_t { unseen, open, done };

// Depth first over nodes 0 … edges.size() - 1, on a stack of its own, because chains may be as long as the schema.
// Calls `on_cycle(from, to)` for each edge that closes a cycle.
template <class OnCycle>
void find_cycles(const std::vector<std::vector<size_t>>& edges, OnCycle&& on_cycle) {
  struct Frame {
    size_t node;
    size_t next = 0;
  };
  std::vector<Visit> visits(edges.size(), Visit::unseen);
  std::vector<Frame> stack;
  for (size_t i = 0; i < edges.size(); ++i) {
    if (visits[i] != Visit::unseen) continue;
    visits[i] = Visit::open;
    stack.push_back({i});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.next == edges[frame.node].size()) {
        visits[frame.node] = Visit::done;
        stack.pop_back();
        continue;
      }
      const size_t target = edges[frame.node][frame.next++];
      if (visits[target] == Visit::open) {
        on_cycle(frame.node, target);
      } else if (visits[target] == Visit::unseen) {
        visits[target] = Visit::open;
        stack.push_back({target});
      }
    }
  }
}

// Which defaults of input fields a default brings with it: those of the fields that its object literals leave out.
class DefaultEdges {
 public:
  explicit DefaultEdges(const SchemaDraft& draft) : document_(draft.document), schema_(draft.schema) {}

  std::vector<std::vector<size_t>> run() {
    std::vector<std::vector<size_t>> edges(schema_.input_values.size());
    for (const Type& type : schema_.types) {
      for (InputValueId field : type.input_fields) {
        const InputValue& value = schema_.input_values[field];
        if (value.has_default) collect(value.type, value.default_value, edges[field.value()]);
      }
    }
    return edges;
  }

 private:
  // Nesting in the call stack is that of the literal, which the parser has bounded.
  void collect(TypeRef type, graphql::ValueId id, std::vector<size_t>& edges) const {
    const graphql::Value& node = document_[id];
    if (node.kind == graphql::ValueKind::list) {
      if (!type.is_list()) return;
      for (auto [item, unused] : document_.each(node.first_item)) collect(type.item(), item, edges);
      return;
    }
    if (node.kind != graphql::ValueKind::object) return;
    for (InputValueId field : schema_.types[type.type].input_fields) {
      const InputValue& value = schema_.input_values[field];
      const graphql::Argument* given = document_.find_argument(node.first_field, schema_.text(value.name));
      if (given != nullptr) {
        collect(value.type, given->value, edges);
      } else if (value.has_default) {
        edges.push_back(field.value());
      }
    }
  }

  const graphql::Document& document_;
  const Schema& schema_;
};

}  // namespace

void check_input_cycles(SchemaDraft& draft) {
  const Schema& schema = draft.schema;
  std::vector<std::vector<size_t>> edges(schema.types.size());
  std::vector<std::vector<InputValueId>> through(schema.types.size());
  for (size_t i = 0; i < schema.types.size(); ++i) {
    for (InputValueId field : schema.types[TypeId(i)].input_fields) {
      const TypeRef type = schema.input_values[field].type;
      if (type.is_list() || !type.non_null() || schema.types[type.type].kind != TypeKind::input_object) continue;
      edges[i].push_back(type.type.value());
      through[i].push_back(field);
    }
  }
  find_cycles(edges, [&](size_t from, size_t to) {
    const size_t index = static_cast<size_t>(std::ranges::find(edges[from], to) - edges[from].begin());
    const InputValueId field = through[from][index];
    draft.error(fmt::format("input object \"{}\" needs itself through the non-null field \"{}\"",
                            schema.type_name(TypeId(to)), draft.name(schema.input_values[field].name)),
                draft.offsets.input_values[field]);
  });
  find_cycles(DefaultEdges(draft).run(), [&](size_t from, size_t) {
    const InputValueId field(from);
    draft.error(
        fmt::format("the default of input field \"{}\" contains itself", draft.name(schema.input_values[field].name)),
        draft.offsets.input_values[field]);
  });
}

}  // namespace signet::schema
