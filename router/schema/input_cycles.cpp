// No input object needs itself: a cycle of non-null fields could never be given a finite value.
// Spec: https://spec.graphql.org/September2025/#sec-Input-Objects.Circular-References
#include "router/schema/schema_draft.hpp"

namespace signet::schema {
namespace {

enum class Visit : uint8_t { unseen, open, done };

struct Frame {
  TypeId type;
  size_t next_field = 0;
};

}  // namespace

void check_input_cycles(SchemaDraft& draft) {
  const Schema& schema = draft.schema;
  std::vector<Visit> visits(schema.types.size(), Visit::unseen);
  std::vector<Frame> stack;  // explicit, because chains of types may be as long as the schema
  for (size_t i = 0; i < schema.types.size(); ++i) {
    if (schema.types[TypeId(i)].kind != TypeKind::input_object || visits[i] != Visit::unseen) continue;
    stack.push_back({TypeId(i)});
    visits[i] = Visit::open;
    while (!stack.empty()) {
      Frame& frame = stack.back();
      const IdRange<InputValueId>& fields = schema.types[frame.type].input_fields;
      if (frame.next_field == fields.size()) {
        visits[frame.type.value()] = Visit::done;
        stack.pop_back();
        continue;
      }
      const InputValueId field_id = fields[frame.next_field++];
      const TypeRef type = schema.input_values[field_id].type;
      if (type.is_list() || !type.non_null() || schema.types[type.type].kind != TypeKind::input_object) continue;
      if (visits[type.type.value()] == Visit::open) {
        draft.error(fmt::format("input object \"{}\" needs itself through the non-null field \"{}\"",
                                schema.type_name(type.type), draft.name(schema.input_values[field_id].name)),
                    draft.offsets.input_values[field_id]);
      } else if (visits[type.type.value()] == Visit::unseen) {
        visits[type.type.value()] = Visit::open;
        stack.push_back({type.type});
      }
    }
  }
}

}  // namespace signet::schema
