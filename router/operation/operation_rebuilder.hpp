// An operation told by its schema alone: what telemetry and signatures of operations may see of a request.
//
// The text is made of names of the schema and of numbered variables. Nothing that a client chose appears in it: no
// literals, aliases, variable, operation or fragment names, no comments, no order of fields.
#pragma once

#include <string>

#include "router/operation/operation.hpp"
#include "router/schema/schema.hpp"

namespace signet::operation {

/// A document like `query {loaf(id: $v1) {name ... on Cake {layers}}}`. Equal for operations that select the same
/// fields with the same arguments, whatever they call them. Where several object types share one class, the text names
/// the first of them. Variables are not declared: the text is for reading and hashing, not for execution.
std::string rebuild_operation(const NormalizedOperation& operation, const schema::Schema& schema);

/// Lower-case SHA-256 of rebuild_operation().
std::string operation_signature(const NormalizedOperation& operation, const schema::Schema& schema);

}  // namespace signet::operation
