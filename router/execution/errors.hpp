// The errors of one execution: collected where they arise, placed in the client's answer at the end.
//
// What a subgraph reports belongs to one entity of one fetch; the same entity may stand at many places of the answer.
// So places are looked up only when the answer is written, and only when there are errors at all.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "router/base/error.hpp"
#include "router/execution/path.hpp"
#include "router/execution/store.hpp"

namespace signet::execution {

inline constexpr size_t kErrorsMax = 1'000;        ///< in one answer
inline constexpr size_t kSubgraphErrorsMax = 100;  ///< taken from one subgraph answer

/// An error about a fetch, or about what it returned.
struct FetchError {
  FetchId fetch;
  uint32_t number = kNone;  ///< of the representation; kNone: the whole fetch
  Path tail;                ///< below that entity, or below `data`
  ErrorCode code = ErrorCode::DOWNSTREAM_SERVICE_ERROR;
  std::string subgraph_code;  ///< shown instead of `code` when not empty
  std::string message;
};

/// An error as the client sees it.
struct ClientError {
  Path path;
  std::string_view code;
  std::string message;
};

/// Which nulls of the answer an error explains already.
class Explained {
 public:
  Explained() : nodes_(1) {}
  void add(const Path& path);
  /// Everything that `fetch` was to bring, wherever that is.
  void add(FetchId fetch);
  /// True when an error stands at `path`, above it or below it.
  bool explains(const Path& path) const;
  bool explains(FetchId fetch) const { return fetch.value() < fetches_.size() && fetches_[fetch.value()]; }

 private:
  struct Node {
    std::map<PathElement, uint32_t> children;
    bool error = false;
  };
  std::vector<Node> nodes_;
  std::vector<bool> fetches_;  ///< by FetchId; what lies beyond the end is not explained
};

/// Places every fetch error in the answer: one entry for each of its places, at most limits::kErrorPathsMax.
/// Appends to `errors`, at most up to kErrorsMax in total, and to `explained`.
void place_errors(const Plan& plan, const Store& store, const std::vector<FetchError>& fetch_errors,
                  std::vector<ClientError>& errors, Explained& explained);

/// Appends `"errors":[…]`.
void write_errors(const std::vector<ClientError>& errors, std::string& out);

}  // namespace signet::execution
