// Constant literals as JSON: default values of variables and of input fields. Internal to router/operation.
#pragma once

#include <string>

#include "router/graphql/ast.hpp"
#include "router/schema/schema.hpp"

namespace signet::operation {

/// Appends the coerced form of a constant that validation has accepted for `type`: single values become lists where a
/// list is expected, defaults of input fields are filled in, enum values become strings.
/// Errors: false when the text grows beyond limits::kCoercedBytesMax or nests beyond limits::kJsonDepthMax, which
/// defaults that contain each other can do.
bool append_literal(std::string& out, const graphql::Document& document, const schema::Schema& schema,
                    schema::TypeRef type, graphql::ValueId value);

}  // namespace signet::operation
