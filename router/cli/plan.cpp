// signet plan: the query plan of an operation on a supergraph.
#include <fmt/format.h>

#include "router/cli/artifact_check.hpp"
#include "router/cli/commands.hpp"
#include "router/cli/config_files.hpp"
#include "router/federation/plan_json.hpp"
#include "router/federation/plan_print.hpp"
#include "router/federation/plan_stages.hpp"
#include "router/federation/planner.hpp"
#include "router/graphql/parser.hpp"
#include "router/operation/coercion.hpp"
#include "router/operation/operation_outline.hpp"
#include "router/operation/prepare.hpp"

namespace signet::cli {
namespace {

int report(const std::vector<operation::DocumentError>& errors, const std::string& file) {
  for (const operation::DocumentError& error : errors) {
    const graphql::Position at = error.positions.empty() ? graphql::Position{} : error.positions.front();
    fmt::print(stderr, "{}{}: {}\n", place(file, at.line, at.column), info(error.code).name, error.message);
  }
  return kWrong;
}

/// The stages that are printed, in the planner's order; the operation as it is normalised comes before them.
std::expected<std::vector<json::Outline>, operation::DocumentError> outlines(
    const std::string& wanted, const federation::Supergraph& supergraph, const graphql::Document& document,
    const operation::NormalizedOperation& operation) {
  const bool all = wanted == "all";
  std::vector<json::Outline> result;
  if (all || wanted == "operation") result.push_back(operation::outline(operation, supergraph.schema));
  for (federation::PlanStage stage : federation::kPlanStages) {
    if (!all && wanted != federation::stage_name(stage)) continue;
    auto outline = federation::plan_stage(supergraph, document, operation, stage);
    if (!outline) return std::unexpected(std::move(outline.error()));
    result.push_back(std::move(*outline));
  }
  return result;
}

void print_outlines(const std::vector<json::Outline>& outlines, bool as_json) {
  for (const json::Outline& outline : outlines) {
    fmt::print("{}{}", as_json ? outline.print_json() : outline.print_text(), as_json ? "\n" : "");
  }
}

}  // namespace

int plan(const PlanOptions& options) {
  auto sdl = read_input(options.supergraph_file);
  auto text = read_input(options.operation_file);
  if (!sdl || !text) return kEnvironment;
  auto supergraph = federation::load_supergraph(*sdl);
  if (!supergraph) {
    complain_of(options.supergraph_file, supergraph.error());
    return kWrong;
  }
  auto document = graphql::parse_executable(*text);
  if (!document) {
    return report({{document.error().code, document.error().message, {document.error().position}}},
                  options.operation_file);
  }
  if (auto errors = operation::validate(*document, supergraph->schema); !errors.empty()) {
    return report(errors, options.operation_file);
  }
  auto selected = operation::select_operation(*document, options.operation_name);
  if (!selected) return report({selected.error()}, options.operation_file);
  auto variables = operation::coerce_variables(*document, supergraph->schema, *selected, options.variables);
  if (!variables) return report(variables.error(), options.operation_file);
  auto conditions = operation::condition_variables(*document, *selected);
  if (!conditions) return report({conditions.error()}, options.operation_file);
  const auto mask = operation::condition_mask(*conditions, *document, *selected, *variables);
  if (!mask) return report({mask.error()}, options.operation_file);
  auto normalized = operation::normalize(*document, supergraph->schema, *selected, *mask);
  if (!normalized) return report({normalized.error()}, options.operation_file);
  if (!options.stage.empty()) {
    const auto stages = outlines(options.stage, *supergraph, *document, *normalized);
    if (!stages) return report({stages.error()}, options.operation_file);
    print_outlines(*stages, options.json);
    return kOk;
  }
  auto plan = federation::plan(*supergraph, *document, *normalized);
  if (!plan) return report({plan.error()}, options.operation_file);
  if (options.json) {
    fmt::print("{}\n", federation::print_plan_json(*supergraph, **plan));
  } else {
    fmt::print("{}", federation::print_plan(*supergraph, **plan, options.documents));
  }
  return kOk;
}

}  // namespace signet::cli
