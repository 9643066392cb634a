// What the groups of validation rules share. Internal to router/operation.
//
// One walk over each operation and fragment resolves every selection against the schema and checks the local rules;
// what a fragment means for the operations that use it (variables, cycles) is checked on the facts the walk leaves.
// Messages name what the document names and never an element of the schema that it does not mention.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "router/operation/document_facts.hpp"
#include "router/operation/prepare.hpp"

namespace signet::operation {

class ValidationErrors {
 public:
  explicit ValidationErrors(const graphql::Document& document) : document_(&document) {}
  void add(std::string message, uint32_t offset) {
    add(ErrorCode::GRAPHQL_VALIDATION_FAILED, std::move(message), offset);
  }
  void add(ErrorCode code, std::string message, uint32_t offset);
  bool full() const;
  bool empty() const { return errors_.empty(); }
  std::vector<DocumentError> take() { return std::move(errors_); }

 private:
  const graphql::Document* document_;
  std::vector<DocumentError> errors_;
};

/// A variable where a value of `type` is expected; `type.type` is invalid where nothing is known about the place.
struct VariableUse {
  std::string_view name;
  uint32_t offset = 0;
  schema::TypeRef type = {};
  bool has_default = false;   ///< the place has a default of its own
  bool one_of_field = false;  ///< the place is a field of a @oneOf input object
};

/// Variables and spreads of one operation or fragment, without those of the fragments it spreads.
struct DefinitionFacts {
  std::vector<VariableUse> uses;
  std::vector<graphql::FragmentId> spreads;  ///< each once
};

struct Validation {
  Validation(const graphql::Document& the_document, const schema::Schema& the_schema);

  const graphql::Document& document;
  const schema::Schema& schema;
  FragmentIndex fragments;
  ValidationErrors errors;

  // What the walk found out.
  IdVector<graphql::SelectionId, schema::TypeId> parent_types;  ///< type of the set that holds the selection
  IdVector<graphql::SelectionId, schema::FieldId> fields;       ///< invalid for `__typename` and unknown fields
  IdVector<graphql::OperationId, DefinitionFacts> operation_facts;
  IdVector<graphql::FragmentId, DefinitionFacts> fragment_facts;

  // For the walk alone: the definition that spread each fragment last, so that no walk clears a set of all fragments.
  IdVector<graphql::FragmentId, const DefinitionFacts*> last_spread_by;
};

/// A printable piece of a name from the document: names may be as long as the document.
std::string quoted(std::string_view name);

// The groups, in the order in which they run.
void check_definitions(Validation& validation);
void check_fragment_cycles(Validation& validation);
void check_selections(Validation& validation);
void check_variables(Validation& validation);
void check_subscription_roots(Validation& validation);
/// Only for documents in which everything else is valid.
void check_overlaps(Validation& validation);

/// Checks a literal against the type of its place and records the variables in it. `type` without a type: only records.
void check_value(Validation& validation, DefinitionFacts& facts, graphql::ValueId value, const VariableUse& place);

}  // namespace signet::operation
