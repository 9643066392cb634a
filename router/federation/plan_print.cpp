#include "router/federation/plan_print.hpp"

#include <fmt/format.h>

namespace signet::federation {

namespace {

class PlanPrinter {
 public:
  PlanPrinter(const Supergraph& supergraph, const Plan& plan) : supergraph_(supergraph), plan_(plan) {}

  std::string print(bool documents) {
    out_ = fmt::format("plan {}\n", plan_.type == operation::OperationType::mutation ? "mutation" : "query");
    for (size_t i = 0; i < plan_.requests.size(); ++i) {
      print_request(i);
      if (documents) out_ += fmt::format("    {}\n", plan_.requests[RequestId(i)].document);
    }
    out_ += "project ";
    print_output(plan_.root());
    out_ += '\n';
    return std::move(out_);
  }

 private:
  void print_request(size_t number) {
    const Request& request = plan_.requests[RequestId(number)];
    const bool starts = number == 0 || plan_.requests[RequestId(number - 1)].stage != request.stage;
    if (starts) out_ += fmt::format("stage {}\n", request.stage);
    out_ += fmt::format(" r{} {} sub={}", number,
                        request.mutation        ? "mutation"
                        : request.lists.empty() ? "query"
                                                : "entities",
                        supergraph_.subgraphs[request.subgraph].name);
    print_ids(" after=", 'r', request.dependencies);
    out_ += '\n';
    for (FetchId fetch : request.fetches) print_fetch(fetch);
  }

  template <class AnyId>
  void print_ids(std::string_view label, char letter, const std::vector<AnyId>& ids) {
    for (size_t i = 0; i < ids.size(); ++i) out_ += fmt::format("{}{}{}", i == 0 ? label : ",", letter, ids[i].value());
  }

  void print_fetch(FetchId id) {
    const Fetch& fetch = plan_.fetches[id];
    out_ += fmt::format("  f{}", id.value());
    if (!fetch.at_root) out_ += fmt::format(" at={}", position_path(supergraph_, plan_, fetch.position));
    if (fetch.kind == FetchKind::entity) {
      const EntityList& list = plan_.requests[fetch.request].lists[fetch.list];
      if (plan_.requests[fetch.request].lists.size() > 1) out_ += fmt::format(" list={}", list.wire_name);
      out_ += fmt::format(" type={} key{{ {} }}", plan_.cases[fetch.type_case].type_name, fetch.key_text);
      if (!fetch.required_text.empty()) out_ += fmt::format(" req{{ {} }}", fetch.required_text);
    }
    print_ids(" deps=", 'f', fetch.dependencies);
    out_ += " out: ";
    print_shape(fetch.shape);
    out_ += '\n';
  }

  void print_shape(ShapeId id) {
    const Shape& shape = plan_.shapes[id];
    out_ += "{";
    for (CaseId type_case : plan_.positions[shape.position].cases) {
      std::string separator = shape.type_case ? "" : fmt::format(" ...{}{{", plan_.cases[type_case].type_name);
      bool any = false;
      for (const Slot& slot : shape.slots) {
        if (slot.type_case != type_case) continue;
        if (!any) out_ += separator;
        any = true;
        print_slot(slot);
      }
      if (any && !shape.type_case) out_ += " }";
    }
    out_ += " }";
  }

  void print_slot(const Slot& slot) {
    out_ += ' ';
    const std::string_view name = supergraph_.schema.field_name(slot.field);
    if (slot.wire_name != name) out_ += slot.wire_name + ":";
    out_ += name;
    if (slot.child_shape) print_shape(slot.child_shape);
  }

  void print_output(PositionId position) {
    out_ += '{';
    const std::vector<CaseId>& cases = plan_.positions[position].cases;
    for (CaseId id : cases) {
      const PositionCase& each = plan_.cases[id];
      if (each.output.empty()) continue;
      if (cases.size() > 1) out_ += fmt::format(" ...{}{{", each.type_name);
      for (const OutputField& field : each.output) print_field(field);
      if (cases.size() > 1) out_ += " }";
    }
    out_ += " }";
  }

  void print_field(const OutputField& field) {
    out_ += ' ';
    out_ += field.key;
    for (uint8_t i = 0; field.kind == OutputField::Kind::value && i < field.type.list_depth; ++i) out_ += "[]";
    if (field.kind == OutputField::Kind::value && field.type.non_null()) out_ += '!';
    if (field.child) print_output(field.child);
  }

  const Supergraph& supergraph_;
  const Plan& plan_;
  std::string out_;
};

}  // namespace

std::string print_plan(const Supergraph& supergraph, const Plan& plan, bool documents) {
  return PlanPrinter(supergraph, plan).print(documents);
}

std::string position_path(const Supergraph& supergraph, const Plan& plan, PositionId position) {
  std::string text;
  for (PositionId at = position; plan.positions[at].parent; at = plan.cases[plan.positions[at].parent].position) {
    const Position& each = plan.positions[at];
    std::string name =
        each.response_key.empty() ? fmt::format("~{}", supergraph.schema.field_name(each.field)) : each.response_key;
    for (uint8_t i = 0; i < each.type.list_depth; ++i) name += "[]";
    text = text.empty() ? name : fmt::format("{}.{}", name, text);
  }
  return text;
}

}  // namespace signet::federation
