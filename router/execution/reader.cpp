#include "router/execution/reader.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "router/execution/data_reader.hpp"
#include "router/execution/subgraph_errors.hpp"
#include "router/json/scalar_check.hpp"
#include "router/json/scanner.hpp"

namespace signet::execution {

using federation::EntityList;
using json::Kind;
using json::Scanner;

namespace {

/// One answer to one request.
class AnswerReader {
 public:
  AnswerReader(const Plan& plan, const Settings& settings, RequestId request, std::span<const uint32_t> representations,
               Workspace& workspace, Store& store, std::vector<FetchError>& errors)
      : plan_(plan),
        settings_(settings),
        request_id_(request),
        request_(plan.requests[request]),
        representations_(representations),
        workspace_(workspace),
        store_(store),
        errors_(errors),
        errors_before_(errors.size()),
        blocks_before_(store.blocks.size()),
        slots_before_(store.slots.size()) {}

  void read(HttpAnswer&& answer) {
    const bool success = answer.status >= 200 && answer.status < 300;
    const std::string status_message =
        success ? std::string() : fmt::format("the subgraph answered with HTTP status {}", answer.status);
    const bool lent = answer.body.is_lent();
    const bool json = read_text(lent ? answer.body.view() : store_.keep(std::move(answer.body).take()));
    if (!json || (data_ == Data::absent && !has_errors())) {
      forget();
      if (!success) return fail(ErrorCode::SUBGRAPH_HTTP_ERROR, status_message);
      return fail(ErrorCode::SUBGRAPH_INVALID, json      ? "the subgraph's answer is not a GraphQL response"
                                               : hollow_ ? "the subgraph's answer lacks the fields that were asked for"
                                                         : "the subgraph's answer is not JSON");
    }
    if (!success) fail(ErrorCode::SUBGRAPH_HTTP_ERROR, status_message);
    if (reported_ && !reported_->is_null(reported_->root()) && reported_->kind(reported_->root()) != Kind::array) {
      fail(ErrorCode::SUBGRAPH_INVALID, "the subgraph's errors are not a list");
    }
    if (data_ != Data::object) {
      lost_ = request_.fetches;
      if (!has_errors() && success) {
        fail(ErrorCode::SUBGRAPH_INVALID, "the subgraph returned neither data nor an error");
      }
    }
    if (lent) store_.keep_tokens(slots_before_);
    errors_.insert(errors_.end(), std::make_move_iterator(found_.begin()), std::make_move_iterator(found_.end()));
    if (has_errors()) read_subgraph_errors(plan_, settings_, request_id_, *reported_, store_, errors_);
    explain_lost();
  }

 private:
  enum class Data : uint8_t { absent, null, object };

  /// Something is reported, in a form that can be read.
  bool has_errors() const {
    return reported_ && reported_->kind(reported_->root()) == Kind::array && reported_->size(reported_->root()) > 0;
  }

  /// False when the text is not JSON; what was read until that showed is then to be forgotten.
  bool read_text(std::string_view body) {
    if (json::refuse_text(body) != nullptr) return false;
    store_.expect(body.size());
    AnswerText text(body, workspace_);
    const bool read = read_object(text);
    hollow_ = text.hollow;
    return read;
  }

  bool read_object(AnswerText& text) {
    Scanner& scanner = text.scanner;
    if (scanner.peek() != '{') {
      Scanner::Value value;
      return scanner.value(value) && scanner.at_end();
    }
    scanner.expect('{');
    if (!scanner.take('}')) {
      do {
        if (!read_member(text)) return false;
      } while (scanner.take(','));
      scanner.expect('}');
    }
    return scanner.at_end();
  }

  bool read_member(AnswerText& text) {
    Scanner& scanner = text.scanner;
    const std::string_view name = scanner.name();
    if (scanner.failed()) return false;
    if (json::string_equals(name, "data")) {
      if (std::exchange(data_seen_, true)) return scanner.fail();
      return read_data(text);
    }
    Scanner::Value value;
    if (!scanner.value(value)) return false;
    if (!json::string_equals(name, "errors")) return true;
    if (reported_) return scanner.fail();
    auto errors = json::Document::parse(value.raw);
    if (!errors) return scanner.fail();
    reported_.emplace(std::move(*errors));
    return true;
  }

  bool read_data(AnswerText& text) {
    Scanner& scanner = text.scanner;
    if (scanner.peek() != '{') {
      Scanner::Value value;
      if (!scanner.value(value)) return false;
      if (value.kind == Kind::null) data_ = Data::null;
      return true;
    }
    data_ = Data::object;
    if (request_.lists.empty()) {
      DataReader(plan_, request_.fetches.front(), text, store_, found_).read_root();
      return !scanner.failed();
    }
    std::vector<bool> there(request_.lists.size());
    scanner.expect('{');
    if (!scanner.take('}')) {
      do {
        const std::string_view name = scanner.name();
        if (scanner.failed()) return false;
        const auto list = std::ranges::find_if(
            request_.lists, [&](const EntityList& each) { return json::string_equals(name, each.wire_name); });
        const auto index = static_cast<size_t>(list - request_.lists.begin());
        if (index < there.size() && there[index]) return scanner.fail();
        if (index < there.size() && scanner.peek() == '[') {
          there[index] = true;
          read_list(text, index);
        } else {
          Scanner::Value value;
          scanner.value(value);
        }
      } while (scanner.take(','));
      scanner.expect('}');
    }
    for (size_t i = 0; i < there.size(); ++i) {
      if (there[i]) continue;
      lost_.insert(lost_.end(), request_.lists[i].fetches.begin(), request_.lists[i].fetches.end());
    }
    return !scanner.failed();
  }

  /// Each fetch reads from the list what it wants.
  void read_list(AnswerText& text, size_t index) {
    const size_t start = text.scanner.offset();
    for (FetchId fetch : request_.lists[index].fetches) {
      if (text.scanner.failed()) return;
      text.scanner.seek(start);
      DataReader(plan_, fetch, text, store_, found_).read_entities(representations_[index]);
    }
  }

  void forget() {
    store_.disown(blocks_before_);
    std::ranges::fill(store_.slots.values().subspan(slots_before_), StoredValue());  // whose text may be gone soon
    for (FetchId fetch : request_.fetches) store_.results[fetch].clear();
  }

  void fail(ErrorCode code, std::string_view message) {
    for (FetchId fetch : request_.fetches) fail(fetch, code, message);
  }

  void fail(FetchId fetch, ErrorCode code, std::string_view message) {
    errors_.push_back({.fetch = fetch,
                       .number = kNone,
                       .tail = {},
                       .code = code,
                       .subgraph_code = {},
                       .message = std::string(message)});
  }

  /// A fetch that got nothing, and no error of its own says why.
  void explain_lost() {
    for (FetchId fetch : lost_) {
      const bool explained = std::any_of(errors_.begin() + static_cast<ptrdiff_t>(errors_before_), errors_.end(),
                                         [&](const FetchError& error) { return error.fetch == fetch; });
      if (!explained) fail(fetch, ErrorCode::SUBGRAPH_INVALID, "the subgraph's answer has no list of entities");
    }
  }

  const Plan& plan_;
  const Settings& settings_;
  RequestId request_id_;
  const federation::Request& request_;
  std::span<const uint32_t> representations_;
  Workspace& workspace_;
  Store& store_;
  std::vector<FetchError>& errors_;
  size_t errors_before_;
  size_t blocks_before_;
  size_t slots_before_;
  bool hollow_ = false;
  Data data_ = Data::absent;
  bool data_seen_ = false;
  std::optional<json::Document> reported_;  ///< `errors`, whatever it is
  std::vector<FetchError> found_;           ///< in the data
  std::vector<FetchId> lost_;
};

}  // namespace

void read_answer(const Plan& plan, const Settings& settings, RequestId request,
                 std::span<const uint32_t> representations, HttpAnswer&& answer, Workspace& workspace, Store& store,
                 std::vector<FetchError>& errors) {
  AnswerReader(plan, settings, request, representations, workspace, store, errors).read(std::move(answer));
}

}  // namespace signet::execution
