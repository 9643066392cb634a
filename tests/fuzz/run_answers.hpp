// Runs a planned operation against answers of the fuzzer's choice; what the fuzz targets of router/execution share.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "router/execution/execution.hpp"
#include "router/json/document.hpp"
#include "tests/support/answer_body.hpp"
#include "tests/support/planning.hpp"

namespace signet {

/// Takes the piece before the next NUL byte; the last piece again and again.
inline std::string_view next_piece(std::string_view& rest) {
  const size_t end = rest.find('\0');
  const std::string_view piece = rest.substr(0, end);
  if (end != std::string_view::npos) rest.remove_prefix(end + 1);
  return piece;
}

/// Each piece of `rest` answers one request. Aborts unless every request is JSON and the client gets a JSON object
/// whose `data` is an object or null.
inline void run_answers(const federation::Supergraph& supergraph, const testing::Planned& planned,
                        std::string_view rest) {
  std::vector<execution::FetchRequest> open;
  const auto take = [&](execution::FetchRequest&& request) {
    if (!json::Document::parse(request.body)) std::abort();
    open.push_back(std::move(request));
  };
  execution::Execution execution(supergraph, planned.plan, planned.variables,
                                 {.show_subgraph_messages = true, .extension_codes = {}, .answer_bytes_max = 1u << 20});
  execution.start(take);
  while (!open.empty()) {
    const execution::FetchRequest request = std::move(open.back());
    open.pop_back();
    const std::string_view piece = next_piece(rest);
    testing_support::AnswerBody body(std::string(piece), piece.size() % 2 == 0);
    execution.complete(request.id, execution::HttpAnswer{.status = 200, .body = body.hand_over()}, take);
  }
  if (!execution.done()) std::abort();
  std::string out;
  execution.write_response(out);
  const auto answer = json::Document::parse(out);
  if (!answer) std::abort();
  const auto data = answer->find(answer->root(), "data");
  if (!data || (!answer->is_null(data) && answer->kind(data) != json::Kind::object)) std::abort();
}

}  // namespace signet
