// Projection: the client's `data`, written from the store in the client's order, with null propagation.
// Spec: https://spec.graphql.org/September2025/#sec-Handling-Execution-Errors
#pragma once

#include <span>
#include <string>
#include <vector>

#include "router/base/text_buffer.hpp"
#include "router/execution/cursor.hpp"
#include "router/execution/errors.hpp"
#include "router/execution/introspection.hpp"
#include "router/execution/workspace.hpp"

namespace signet::execution {

class Projection {
 public:
  /// `errors` grows by what only shows here: values that do not fit their type, and nulls that nothing explains.
  /// `written` and `out` are nobody else's until the projection is gone.
  Projection(const Plan& plan, const schema::Schema& schema, const Store& store, const Introspection& introspection,
             Explained& explained, std::vector<ClientError>& errors, std::vector<WrittenObject>& written,
             std::string& out);

  /// Appends the value of `data`; beyond `bytes_max` that is null, with an error.
  void write(size_t bytes_max);

 private:
  using OutputField = federation::OutputField;
  using TypeRef = federation::TypeRef;

  /// The shapes that were to hold a value.
  using Sources = std::span<const federation::ShapeId>;

  // Each returns false when the value is null and its place does not allow that; `out` is then to be cut back.
  bool write_object(ObjectView object);
  bool write_field(const OutputField& field, ObjectView object);
  bool write_composite(TypeRef type, const ValueCursor& value);
  bool write_composite_list(TypeRef type, const ValueCursor& value);
  /// The same where one shape lands, that is nearly everywhere.
  bool write_sole(TypeRef type, PositionId position, const StoredValue& value);
  bool write_sole_list(TypeRef type, PositionId position, const StoredValue& list);
  bool write_object_value(TypeRef type, PositionId position, ObjectView object);
  bool write_sole_object(TypeRef type, PositionId position, uint32_t block);
  bool write_leaf(TypeRef type, const StoredValue& value, Sources sources);
  bool write_leaf_list(TypeRef type, const StoredValue& list, Sources sources);
  /// What `object` has of `shape`; null: nothing.
  const Block* find_block(federation::ShapeId shape, ObjectView object) const;
  bool write_null(TypeRef type, Sources sources);
  bool invalid(TypeRef type, Sources sources);
  bool explained(Sources sources);
  Sources sources(PositionId position) const;
  /// `written`, or null from `checkpoint` on when it is false and `type` allows it.
  bool or_null(bool written, TypeRef type, size_t checkpoint);

  /// Writes the object of `block` again when it was written before; nothing when it was not.
  bool write_again(uint32_t block);
  void remember(uint32_t block, size_t begin);

  enum class Fit : uint8_t { no, yes, in_quotes };
  Fit fit(const schema::Type& type, std::string_view raw, json::Kind kind) const;
  void write_fitting(std::string_view raw, Fit fit);
  bool is_enum_value(const schema::Type& type, std::string_view token) const;
  void add_error(ErrorCode code, std::string message);

  const Plan& plan_;
  const schema::Schema& schema_;
  const Store& store_;
  Cursors cursors_;
  const Introspection& introspection_;
  Explained& explained_;
  std::vector<ClientError>& errors_;
  TextBuffer out_;
  size_t end_max_ = SIZE_MAX;  ///< of out_
  Trail trail_;

  std::span<WrittenObject> written_;  ///< by block, in out_
  uint32_t cuts_ = 0;                 ///< how often out_ was cut back, which voids what was remembered
  uint64_t path_uses_ = 0;            ///< how often something depended on trail_
};

}  // namespace signet::execution
