// Runs one operation against scripted subgraphs, with any order of completion.
#pragma once

#include <deque>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "router/execution/execution.hpp"
#include "router/execution/introspection.hpp"
#include "router/execution/workspace.hpp"
#include "tests/support/answer_body.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/planning.hpp"

namespace signet::execution {

/// Answers by request: the first rule whose subgraph fits and whose text stands in the body.
struct Rule {
  std::string subgraph, text;
  FetchResult result;
};

inline FetchResult answer(uint16_t status, std::string body) {
  return HttpAnswer{.status = status, .body = std::move(body)};
}
inline FetchResult ok(std::string body) {
  return answer(200, std::move(body));
}

class Script {
 public:
  explicit Script(const std::string& supergraph) {
    auto loaded = federation::load_supergraph(testing::golden_supergraph(supergraph));
    EXPECT_TRUE(loaded);
    if (loaded) supergraph_ = std::make_unique<federation::Supergraph>(std::move(*loaded));
  }

  Script& on(std::string subgraph, std::string text, FetchResult result) {
    rules_.push_back({std::move(subgraph), std::move(text), std::move(result)});
    return *this;
  }
  Script& on(std::string subgraph, std::string text, std::string body) {
    return on(std::move(subgraph), std::move(text), ok(std::move(body)));
  }

  size_t introspection_bytes_max = SIZE_MAX;
  bool knew_introspection = false;  ///< the last run: some was written with the plan

  /// The answer to `operation`. With a seed, requests complete in a random order, else first come, first served.
  std::string run(std::string_view operation, std::string_view variables = {}, unsigned seed = 0,
                  const Settings& settings = {}) {
    sent.clear();
    testing::Planned planned = testing::plan_text(*supergraph_, operation, variables);
    if (!planned.plan) return planned.error;
    std::mt19937 random(seed);
    std::vector<FetchRequest> open;
    auto introspection = IntrospectionAnswers::make(*planned.plan, supergraph_->schema, introspection_bytes_max);
    knew_introspection = introspection != nullptr;
    Execution execution(*supergraph_, planned.plan, std::move(planned.variables), settings, std::move(introspection),
                        workspace_);
    const auto take = [&](FetchRequest&& request) {
      sent.push_back(supergraph_->subgraphs[request.subgraph].name + " " + request.body);
      open.push_back(std::move(request));
    };
    execution.start(take);
    while (!open.empty()) {
      const size_t at = seed == 0 ? 0 : random() % open.size();
      const FetchRequest request = std::move(open[at]);
      open.erase(open.begin() + static_cast<ptrdiff_t>(at));
      FetchResult result = answer(request);
      auto* http = std::get_if<HttpAnswer>(&result);
      testing_support::AnswerBody body(http == nullptr ? "" : std::move(http->body).take(),
                                       (seed + sent.size()) % 2 == 0);
      if (http != nullptr) http->body = body.hand_over();
      execution.complete(request.id, std::move(result), take);
    }
    EXPECT_TRUE(execution.done());
    std::string out;
    execution.write_response(out);
    return out;
  }

  const federation::Supergraph& supergraph() const { return *supergraph_; }
  std::vector<std::string> sent;  ///< "subgraph body", in order

 private:
  FetchResult answer(const FetchRequest& request) const {
    for (const Rule& rule : rules_) {
      if (rule.subgraph == supergraph_->subgraphs[request.subgraph].name &&
          request.body.find(rule.text) != std::string::npos) {
        return rule.result;
      }
    }
    ADD_FAILURE() << "nothing scripted for " << supergraph_->subgraphs[request.subgraph].name << " " << request.body;
    return ErrorCode::SUBGRAPH_UNREACHABLE;
  }

  std::unique_ptr<federation::Supergraph> supergraph_;
  std::shared_ptr<Workspace> workspace_ = std::make_shared<Workspace>();  // nothing may pass from run to run in it
  std::vector<Rule> rules_;
};

}  // namespace signet::execution
