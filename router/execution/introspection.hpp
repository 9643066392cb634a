// Introspection: `__schema` and `__type`, answered from what clients can see of the schema.
// Spec: https://spec.graphql.org/September2025/#sec-Introspection
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "router/federation/plan.hpp"
#include "router/operation/coercion.hpp"
#include "router/schema/schema.hpp"

namespace signet::execution {

/// The values of the introspection fields of one plan in which no variable has a say: the same for every request.
class IntrospectionAnswers {
 public:
  /// Writes them; null when there are none, or they take more than `bytes_max`.
  static std::shared_ptr<const IntrospectionAnswers> make(const federation::Plan& plan, const schema::Schema& schema,
                                                          size_t bytes_max);

  /// Null: not known, to be written for each request.
  const std::string* find(federation::MetaFieldId field) const;
  size_t bytes() const;

 private:
  std::vector<std::pair<federation::MetaFieldId, std::string>> answers_;  ///< a few
};

class Introspection {
 public:
  /// `answers` may be null.
  Introspection(const federation::Plan& plan, const schema::Schema& schema,
                const operation::CoercedVariables& variables, const IntrospectionAnswers* answers = nullptr)
      : plan_(plan), schema_(schema), variables_(variables), answers_(answers) {}

  /// Appends the value of one `__schema` or `__type` field.
  void write(federation::MetaFieldId field, std::string& out) const;

 private:
  struct SchemaObject {};
  /// What an introspection object is about.
  using Subject = std::variant<SchemaObject, schema::TypeRef, schema::FieldId, schema::InputValueId,
                               schema::EnumValueId, schema::DirectiveDefId>;
  using MetaField = federation::MetaField;

  void write_object(const MetaField& field, Subject subject, std::string& out) const;
  void write_value(const MetaField& field, Subject subject, std::string_view name, std::string& out) const;
  void write_schema(const MetaField& field, std::string_view name, std::string& out) const;
  void write_type(const MetaField& field, schema::TypeRef type, std::string_view name, std::string& out) const;
  void write_named_type(const MetaField& field, const schema::Type& type, std::string_view name,
                        std::string& out) const;
  void write_field(const MetaField& field, schema::FieldId id, std::string_view name, std::string& out) const;
  void write_input(const MetaField& field, schema::InputValueId id, std::string_view name, std::string& out) const;
  void write_enum(schema::EnumValueId id, std::string_view name, std::string& out) const;
  void write_directive(const MetaField& field, schema::DirectiveDefId id, std::string_view name,
                       std::string& out) const;

  void write_root_type(const MetaField& field, schema::TypeId type, std::string& out) const;
  void write_inputs(const MetaField& field, IdRange<schema::InputValueId> inputs, std::string& out) const;
  void write_types(const MetaField& field, const std::vector<schema::TypeId>& types, std::string& out) const;
  /// A default as the type sees it: single items of lists wrapped, defaults of input fields filled in.
  std::string print_default(schema::TypeRef type, graphql::ValueId value, uint32_t depth = 0) const;
  bool include_deprecated(const MetaField& field) const;
  std::optional<std::string> name_argument(const MetaField& field) const;

  const federation::Plan& plan_;
  const schema::Schema& schema_;
  const operation::CoercedVariables& variables_;
  const IntrospectionAnswers* answers_;
};

}  // namespace signet::execution
