// Objects and interfaces keep the promises of the interfaces they implement.
// Spec: https://spec.graphql.org/September2025/#IsValidImplementation()
#include "router/schema/schema_draft.hpp"

namespace signet::schema {

bool is_subtype(const Schema& schema, TypeRef type, TypeRef expected) {
  if (type.list_depth != expected.list_depth) return false;
  if ((expected.non_null_bits & ~type.non_null_bits) != 0) return false;
  if (type.type == expected.type) return true;
  const Type& have = schema.types[type.type];
  const Type& want = schema.types[expected.type];
  if (want.kind == TypeKind::union_) return schema.is_possible(expected.type, type.type);
  return want.kind == TypeKind::interface && std::ranges::find(have.interfaces, expected.type) != have.interfaces.end();
}

namespace {

class ImplementationRules {
 public:
  explicit ImplementationRules(SchemaDraft& draft) : draft_(draft), schema_(draft.schema) {}

  void check(TypeId id) {
    const Type& type = schema_.types[id];
    for (TypeId interface : type.interfaces) {
      for (TypeId inherited : schema_.types[interface].interfaces) {
        if (inherited == id) {
          error(id, fmt::format("type \"{}\" cannot implement \"{}\": that makes a cycle", name(id), name(interface)));
        } else if (std::ranges::find(type.interfaces, inherited) == type.interfaces.end()) {
          error(id, fmt::format("type \"{}\" must implement \"{}\", because \"{}\" does", name(id), name(inherited),
                                name(interface)));
        }
      }
      for (FieldId promised : schema_.types[interface].fields) check_field(id, promised);
    }
  }

 private:
  std::string_view name(TypeId id) const { return schema_.type_name(id); }
  void error(TypeId id, std::string message) { draft_.error(std::move(message), draft_.offsets.types[id]); }

  void check_field(TypeId id, FieldId promised_id) {
    const Field& promised = schema_.fields[promised_id];
    const FieldId own_id = schema_.find_any_field(id, promised.name);
    if (!own_id) {
      error(id, fmt::format("type \"{}\" lacks the field {}", name(id), draft_.coordinate(promised_id)));
      return;
    }
    const Field& own = schema_.fields[own_id];
    const uint32_t offset = draft_.offsets.fields[own_id];
    if (!is_subtype(schema_, own.type, promised.type)) {
      draft_.error(fmt::format("{} is of type \"{}\", but {} promises \"{}\"", draft_.coordinate(own_id),
                               schema_.print(own.type), draft_.coordinate(promised_id), schema_.print(promised.type)),
                   offset);
    }
    for (InputValueId argument_id : promised.arguments) {
      const InputValue& argument = schema_.input_values[argument_id];
      const InputValueId own_argument = schema_.find_any_argument(own_id, draft_.name(argument.name));
      if (!own_argument) {
        draft_.error(fmt::format("{} lacks the argument \"{}\" of {}", draft_.coordinate(own_id),
                                 draft_.name(argument.name), draft_.coordinate(promised_id)),
                     offset);
      } else if (schema_.input_values[own_argument].type != argument.type) {
        draft_.error(
            fmt::format("argument \"{}\" of {} must be of type \"{}\" as in {}", draft_.name(argument.name),
                        draft_.coordinate(own_id), schema_.print(argument.type), draft_.coordinate(promised_id)),
            offset);
      }
    }
    for (InputValueId argument_id : own.arguments) {
      const InputValue& argument = schema_.input_values[argument_id];
      if (argument.required() && !schema_.find_any_argument(promised_id, draft_.name(argument.name))) {
        draft_.error(fmt::format("{} has the required argument \"{}\", which {} lacks", draft_.coordinate(own_id),
                                 draft_.name(argument.name), draft_.coordinate(promised_id)),
                     offset);
      }
    }
  }

  SchemaDraft& draft_;
  const Schema& schema_;
};

}  // namespace

void check_implementations(SchemaDraft& draft) {
  ImplementationRules rules(draft);
  for (size_t i = 0; i < draft.schema.types.size(); ++i) rules.check(TypeId(i));
}

}  // namespace signet::schema
