// DataReader: what one fetch gets out of the text of an answer, by the layout that the plan knows, into the store.
#pragma once

#include <string_view>
#include <vector>

#include "router/execution/errors.hpp"
#include "router/execution/repeated_objects.hpp"
#include "router/execution/store.hpp"
#include "router/execution/workspace.hpp"
#include "router/json/scanner.hpp"

namespace signet::execution {

/// The text of one answer while it is read.
/// Lifetime: within that of the bytes, and of the workspace.
struct AnswerText {
  /// A NUL follows `of`.
  AnswerText(std::string_view of, Workspace& workspace);

  std::string_view text;
  json::Scanner scanner;
  RepeatedObjects repeated;
  Trail tail;                         ///< of the value that is being read
  std::vector<StoredValue>& pending;  ///< items of the lists that are being read
  size_t slots_max;                   ///< that one fetch may take from it: what is kept is bounded by what came
  bool hollow = false;                ///< its objects lack so many fields that reading was given up
};

/// The scanner stands before the value in question. Whatever does not fit the plan becomes an entry of `errors`; where
/// the text is not JSON, the scanner fails, and what was read is worth nothing.
class DataReader {
 public:
  DataReader(const Plan& plan, FetchId fetch, AnswerText& text, Store& store, std::vector<FetchError>& errors);

  /// `data` of a root fetch.
  void read_root();
  /// The list of entities; as many representations were sent as `count` says.
  void read_entities(uint32_t count);

 private:
  json::Kind skip();
  StoredValue read_other(std::string_view message);
  StoredValue null();
  StoredValue wrong(std::string_view message);
  StoredValue read_object_value(ShapeId shape);
  StoredValue read_perhaps_repeated(ShapeId shape);
  StoredValue read_object(ShapeId shape_id);
  CaseId find_case(const federation::Shape& shape);
  bool read_members(const federation::Shape& shape, const federation::CaseSlots* layout, uint32_t first_slot);
  bool read_in_order(const federation::Shape& shape, const federation::CaseSlots& layout, uint32_t first_slot,
                     bool perhaps_there, uint32_t& next);
  bool read_member(const federation::Shape& shape, const federation::CaseSlots* layout, uint32_t first_slot,
                   uint32_t& next);
  void report_absent(const federation::Shape& shape, const federation::CaseSlots& layout, uint32_t first_slot);
  static uint32_t find_slot(const federation::Shape& shape, const federation::CaseSlots& layout,
                            std::string_view token);
  static PathElement element_of(const federation::Slot& slot);
  StoredValue read_slot(const federation::Slot& slot);
  StoredValue read_leaf(const federation::Slot& slot);
  StoredValue read_composite(ShapeId shape, uint8_t list_depth);

  const Plan& plan_;
  FetchId fetch_;
  AnswerText& text_;
  Store& store_;
  std::vector<FetchError>& errors_;
  size_t slots_before_;
  uint32_t number_ = 0;
  size_t wrong_ = 0;
  size_t nulls_ = 0;  // read so far, those that stand for something wrong included
};

}  // namespace signet::execution
