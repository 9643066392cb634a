#include "router/federation/plan_stages.hpp"

#include <fmt/format.h>
#include <set>

#include "router/federation/passes/draft.hpp"
#include "router/federation/plan_print.hpp"

namespace signet::federation {

namespace {

using json::Outline;

constexpr std::array<std::string_view, kPlanStages.size()> kStageNames = {"positions", "states", "fetches",
                                                                          "selections", "requests"};

template <class AnyId>
std::vector<std::string> labels(char letter, const std::vector<AnyId>& ids) {
  std::vector<std::string> result;
  result.reserve(ids.size());
  for (AnyId id : ids) result.push_back(fmt::format("{}{}", letter, id.value()));
  return result;
}

class StagePrinter {
 public:
  explicit StagePrinter(Draft& draft) : draft_(draft), plan_(draft.plan) {}

  Outline print(PlanStage stage) {
    Outline root{std::string(stage_name(stage))};
    switch (stage) {
      case PlanStage::positions:
        for (size_t i = 0; i < plan_.positions.size(); ++i) add_position(root, PositionId(i));
        break;
      case PlanStage::states:
        for (size_t i = 0; i < plan_.cases.size(); ++i) add_choices(root, CaseId(i));
        break;
      case PlanStage::fetches:
        for (size_t i = 0; i < plan_.fetches.size(); ++i) add_slots(add_fetch(root, FetchId(i)), FetchId(i));
        break;
      case PlanStage::selections:
        for (size_t i = 0; i < plan_.fetches.size(); ++i) {
          add_fetch(root, FetchId(i)).fact("selects", draft_.fetches[FetchId(i)].selection);
        }
        break;
      case PlanStage::requests:
        for (size_t i = 0; i < plan_.requests.size(); ++i) add_request(root, RequestId(i));
        break;
    }
    return root;
  }

 private:
  std::string path(PositionId position) const { return position_path(draft_.supergraph, plan_, position); }

  /// "Product@catalog", with what a view grants or was entered with.
  std::string state_text(StateId id) const {
    const Model& model = draft_.model();
    const State& state = model.states[id];
    std::string text =
        fmt::format("{}@{}", draft_.schema().type_name(state.type), draft_.supergraph.subgraphs[state.subgraph].name);
    if (state.provided) text += fmt::format("+provides{{{}}}", model.sets.sets[state.provided].text);
    if (state.required) text += fmt::format("+requires{{{}}}", model.sets.sets[state.required].text);
    return text;
  }

  std::vector<std::string> state_texts(const std::vector<StateId>& states) const {
    std::vector<std::string> texts;
    texts.reserve(states.size());
    for (StateId state : states) texts.push_back(state_text(state));
    return texts;
  }

  void add_position(Outline& root, PositionId id) const {
    const Position& each = plan_.positions[id];
    Outline& position = root.add("position").fact("path", path(id)).fact("type", draft_.schema().print(each.type));
    position.fact("lands", state_texts(draft_.positions[id].landings));
    for (CaseId type_case : each.cases) {
      std::vector<std::string> keys;
      for (const OutputField& field : plan_.cases[type_case].output) keys.push_back(field.key);
      position.add("case").fact("type", plan_.cases[type_case].type_name).fact("keys", std::move(keys));
    }
  }

  void add_choices(Outline& root, CaseId id) {
    const std::vector<Explored>& explored = draft_.cases[draft_.cases[id].like].explored;
    if (explored.empty()) return;
    const PositionId position = plan_.cases[id].position;
    Outline& type_case =
        root.add("case").fact("path", path(position)).fact("type", std::string_view(plan_.cases[id].type_name));
    std::set<LandingMask> masks;
    for (const Explored& each : explored) masks.insert(each.arriving);
    for (LandingMask mask : masks) {
      const std::shared_ptr<const Choice> made = choice_for(draft_, id, mask);
      const Choice& choice = *made;
      std::vector<StateId> arriving;
      for (size_t i = 0; i < draft_.positions[position].landings.size(); ++i) {
        if ((mask >> i & 1) != 0) arriving.push_back(draft_.positions[position].landings[i]);
      }
      Outline& line = type_case.add("choice").fact("arriving", state_texts(arriving));
      if (!choice.feasible) {
        line.fact("cost", "infeasible");
        continue;
      }
      line.fact("cost", choice.cost).fact("opens", state_texts(choice.open));
      add_owners(line, id, choice);
    }
  }

  void add_owners(Outline& line, CaseId id, const Choice& choice) const {
    const std::vector<DraftItem>& items = draft_.cases[id].items;
    for (size_t k = 0; k < items.size(); ++k) {
      Outline& item = line.add("item").fact("key", items[k].response_key);
      if (!items[k].child) {
        item.fact("from", state_text(choice.owners[k]));
        continue;
      }
      std::vector<StateId> owners, landings;
      for (const Landing& each : choice.landings[k]) {
        owners.push_back(each.owner);
        landings.push_back(draft_.positions[items[k].child].landings[each.landing]);
      }
      item.fact("from", state_texts(owners)).fact("lands", state_texts(landings));
    }
  }

  Outline& add_fetch(Outline& parent, FetchId id) const {
    const Fetch& fetch = plan_.fetches[id];
    Outline& line = parent.add("fetch").fact("id", fmt::format("f{}", id.value()));
    line.fact("state", state_text(draft_.shapes[fetch.shape].state)).fact("path", path(fetch.position));
    if (fetch.kind == FetchKind::entity) line.fact("key", std::string_view(fetch.key_text));
    if (!fetch.required_text.empty()) line.fact("requires", std::string_view(fetch.required_text));
    return line.fact("after", labels('f', fetch.dependencies));
  }

  void add_slots(Outline& line, FetchId id) const {
    for (size_t i = 0; i < plan_.shapes.size(); ++i) {
      const Shape& shape = plan_.shapes[ShapeId(i)];
      if (shape.fetch != id) continue;
      for (size_t k = 0; k < shape.slots.size(); ++k) {
        const Slot& slot = shape.slots[k];
        Outline& added = line.add("slot").fact("path", path(shape.position));
        added.fact("type", std::string_view(plan_.cases[slot.type_case].type_name));
        added.fact("field", draft_.schema().field_name(slot.field));
        const std::string_view arguments = draft_.shapes[ShapeId(i)].arguments[k].text;
        if (!arguments.empty()) added.fact("arguments", arguments);
        added.fact("keys", slot.response_keys);
      }
    }
  }

  void add_request(Outline& root, RequestId id) const {
    const Request& request = plan_.requests[id];
    Outline& line = root.add("request").fact("id", fmt::format("r{}", id.value()));
    line.fact("subgraph", std::string_view(draft_.supergraph.subgraphs[request.subgraph].name));
    line.fact("stage", uint64_t{request.stage}).fact("after", labels('r', request.dependencies));
    line.fact("fetches", labels('f', request.fetches)).fact("document", std::string_view(request.document));
  }

  Draft& draft_;
  const Plan& plan_;
};

}  // namespace

std::string_view stage_name(PlanStage stage) {
  return kStageNames.at(static_cast<size_t>(stage));
}

std::expected<Outline, operation::DocumentError> plan_stage(const Supergraph& supergraph,
                                                            const graphql::Document& document,
                                                            const operation::NormalizedOperation& operation,
                                                            PlanStage stage) {
  Draft draft(supergraph, operation);
  run_passes(draft, document, stage);
  if (draft.error) return std::unexpected(std::move(*draft.error));
  return StagePrinter(draft).print(stage);
}

}  // namespace signet::federation
