// A schema under construction, with the places its elements come from: what the rules work on. Internal to
// router/schema.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "router/schema/schema.hpp"
#include "router/schema/schema_builder.hpp"

namespace signet::schema {

/// Where each element stands in the source, by id.
struct Offsets {
  IdVector<TypeId, uint32_t> types;
  IdVector<FieldId, uint32_t> fields;
  IdVector<InputValueId, uint32_t> input_values;
  IdVector<EnumValueId, uint32_t> enum_values;
};

class SchemaDraft {
 public:
  /// `source_end` is the offset up to which the source is the caller's; the built-in definitions follow.
  SchemaDraft(const graphql::Document& source, Schema& target, const BuildOptions& build_options, uint32_t source_end)
      : document(source), schema(target), options(build_options), own_source_end(source_end) {}

  const graphql::Document& document;
  Schema& schema;
  const BuildOptions& options;
  const uint32_t own_source_end;
  Offsets offsets;

  bool builtin(uint32_t offset) const { return offset >= own_source_end; }
  std::string_view name(NameId id) const { return schema.text(id); }
  /// `Type.field`
  std::string coordinate(FieldId id) const;

  void error(std::string message, uint32_t offset);
  /// In source order, at most kErrorsMax of them.
  std::vector<SchemaError> take_errors();
  bool failed() const { return !errors_.empty(); }

  static constexpr size_t kErrorsMax = 100;

 private:
  struct Found {
    uint32_t offset;
    size_t order;
    std::string message;
  };
  std::vector<Found> errors_;
};

/// True when a value of type `type` may stand where `expected` is promised.
/// Spec: https://spec.graphql.org/September2025/#IsValidImplementationFieldType()
bool is_subtype(const Schema& schema, TypeRef type, TypeRef expected);

/// Sets the root types, by the schema definition or by their default names.
void find_roots(SchemaDraft& draft);
/// Adds `__schema` and `__type`, which need the query root.
void add_meta_fields(SchemaDraft& draft);

// The rules, one subject a file.
void check_directive_uses(SchemaDraft& draft);
void check_implementations(SchemaDraft& draft);
void check_input_cycles(SchemaDraft& draft);
/// Sets `accessible` everywhere and checks that what is left is a schema.
void decide_accessibility(SchemaDraft& draft);

}  // namespace signet::schema
