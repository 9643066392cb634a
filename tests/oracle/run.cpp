#include "tests/oracle/run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "router/execution/execution.hpp"
#include "router/federation/plan_print.hpp"
#include "router/json/document.hpp"
#include "router/json/writer.hpp"
#include "router/schema/schema_builder.hpp"
#include "tests/oracle/compare.hpp"
#include "tests/support/answer_body.hpp"
#include "tests/support/planning.hpp"

namespace signet::oracle {

namespace {

/// The schema that a subgraph serves: what federation adds to it is part of it.
std::unique_ptr<schema::Schema> served_schema(const World& world, const Split& split, size_t service) {
  std::string sdl = print_subgraph(world, split, service);
  sdl +=
      "directive @key(fields: String!, resolvable: Boolean = true) repeatable on OBJECT\n"
      "directive @shareable repeatable on OBJECT | FIELD_DEFINITION\n"
      "directive @external on FIELD_DEFINITION\n"
      "directive @requires(fields: String!) on FIELD_DEFINITION\n"
      "directive @provides(fields: String!) on FIELD_DEFINITION\n"
      "directive @override(from: String!) on FIELD_DEFINITION\n"
      "scalar _Any\n";
  std::vector<std::string> entities;
  for (const auto& [name, part] : split.services[service].parts) {
    if (part.enterable()) entities.push_back(name);
  }
  sdl += "extend type Query { _service: String }\n";
  if (!entities.empty()) {
    sdl += fmt::format("union _Entity = {}\nextend type Query {{ _entities(representations: [_Any!]!): [_Entity]! }}\n",
                       fmt::join(entities, " | "));
  }
  auto document = graphql::parse_type_system(sdl);
  if (!document) return nullptr;
  auto built = schema::build_schema(*document);
  return built ? std::make_unique<schema::Schema>(std::move(*built)) : nullptr;
}

}  // namespace

Stage::Stage(World world, Split split)
    : world_(std::move(world)), split_(std::move(split)), sdl_(print_supergraph(world_, split_)) {
  auto loaded = federation::load_supergraph(sdl_);
  if (!loaded) {
    refusal_ = loaded.error().front().message;
    return;
  }
  supergraph_ = std::make_unique<federation::Supergraph>(std::move(*loaded));
  monolith_ = make_monolith(world_, ledger_);
  for (size_t i = 0; i < split_.services.size(); ++i) {
    services_.push_back(make_service(world_, split_, i, ledger_));
    schemas_.push_back(served_schema(world_, split_, i));
  }
}

bool Stage::valid(const Operation& operation) const {
  const auto document = graphql::parse_executable(print_operation(operation));
  return document && operation::validate(*document, supergraph_->schema).empty();
}

Stage::Outcome Stage::run(const Operation& operation, uint64_t order) {
  Outcome outcome;
  const std::string text = print_operation(operation);
  const std::string variables = print_variables(operation);
  std::string body = "{\"query\":";
  json::append_string(body, text);
  body += fmt::format(",\"variables\":{}}}", variables);
  ledger_ = {};
  outcome.expected = monolith_->execute(body).body;
  const int64_t mutations = ledger_.mutations;

  const testing::Planned planned = testing::plan_text(*supergraph_, text, variables);
  if (!planned.plan) {
    outcome.verdict = planned.error.starts_with("UNSUPPORTED_OPERATION") ? Verdict::unsupported : Verdict::wrong;
    outcome.problem = planned.error;
    return outcome;
  }
  const testing::Planned again = testing::plan_text(*supergraph_, text, variables);
  if (!again.plan || federation::print_plan(*supergraph_, *again.plan, true) !=
                         federation::print_plan(*supergraph_, *planned.plan, true)) {
    outcome.problem = "the same operation was planned in two ways";
  }
  ledger_ = {};
  execution::Execution execution(*supergraph_, planned.plan, planned.variables, {}, nullptr, workspace_);
  std::vector<execution::FetchRequest> open;
  const auto take = [&](execution::FetchRequest&& request) {
    outcome.requests.push_back(supergraph_->subgraphs[request.subgraph].name + " " + request.body);
    open.push_back(std::move(request));
  };
  Random random(order);
  execution.start(take);
  while (!open.empty()) {
    const size_t at = random.below(open.size());
    const execution::FetchRequest request = std::move(open[at]);
    open.erase(open.begin() + static_cast<ptrdiff_t>(at));
    const size_t service = std::stoul(supergraph_->subgraphs[request.subgraph].name.substr(1));
    if (outcome.problem.empty()) outcome.problem = refusal_of(service, request.body);
    std::string answer = services_[service]->execute(request.body).body;
    if (answer.starts_with("{\"errors\"")) {
      outcome.problem = fmt::format("{} refuses {}: {}", Split::name(service), request.body, answer);
    }
    if (split_.services[service].restyles) answer = restyle(answer, random);
    const bool lend = answer.size() % 2 == 0;
    testing_support::AnswerBody handed(std::move(answer), lend);
    execution.complete(request.id, execution::HttpAnswer{.status = 200, .body = handed.hand_over()}, take);
  }
  if (!execution.done()) outcome.problem = "requests are outstanding that were never sent";
  execution.write_response(outcome.got);
  if (outcome.problem.empty() && !ledger_.violations.empty()) outcome.problem = ledger_.violations.front();
  if (outcome.problem.empty() && ledger_.mutations != mutations) {
    outcome.problem = fmt::format("{} mutations were executed instead of {}", ledger_.mutations, mutations);
  }
  if (outcome.problem.empty()) outcome.problem = compare_answers(outcome.expected, outcome.got);
  if (!outcome.problem.empty()) outcome.verdict = Verdict::wrong;
  return outcome;
}

std::string Stage::refusal_of(size_t service, std::string_view body) const {
  if (schemas_[service] == nullptr) return fmt::format("the schema of {} cannot be built", Split::name(service));
  const auto request = json::Document::parse(body);
  const json::NodeId query = request ? request->find(request->root(), "query") : json::NodeId();
  if (!query) return fmt::format("{} is not a request", body);
  const auto document = graphql::parse_executable(request->string(query));
  if (!document) return fmt::format("{} is not GraphQL: {}", body, document.error().message);
  const auto errors = operation::validate(*document, *schemas_[service]);
  if (errors.empty()) return {};
  return fmt::format("{} cannot accept {}: {}", Split::name(service), body, errors.front().message);
}

}  // namespace signet::oracle
