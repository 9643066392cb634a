#include "router/federation/plan_print.hpp"

#include <fmt/format.h>

namespace signet::federation {

namespace {

class PlanPrinter {
 public:
  PlanPrinter(const Supergraph& supergraph, const Plan& plan) : supergraph_(supergraph), plan_(plan) {}

  std::string print(bool documents) {
    out_ = fmt::format("plan {} cond=- labels=-\n",
                       plan_.type == operation::OperationType::mutation ? "mutation" : "query");
    for (size_t i = 0; i < plan_.fetches.size(); ++i) {
      print_fetch(i);
      if (documents) out_ += fmt::format("    {}\n", plan_.fetches[FetchId(i)].document);
    }
    out_ += "project ";
    print_output(plan_.root());
    out_ += '\n';
    return std::move(out_);
  }

 private:
  void print_fetch(size_t number) {
    const Fetch& fetch = plan_.fetches[FetchId(number)];
    out_ += fmt::format(" f{} {} sub={}", number, fetch.kind == FetchKind::entity ? "entity" : "root",
                        supergraph_.subgraphs[fetch.subgraph].name);
    if (!fetch.at_root) out_ += fmt::format(" at={}", path(fetch.position));
    if (fetch.kind == FetchKind::entity) {
      out_ += fmt::format(" type={} key{{ {} }}", plan_.cases[fetch.type_case].type_name, fetch.key_text);
      if (!fetch.required_text.empty()) out_ += fmt::format(" req{{ {} }}", fetch.required_text);
    }
    if (!fetch.dependencies.empty()) {
      out_ += " deps=";
      for (size_t i = 0; i < fetch.dependencies.size(); ++i) {
        out_ += fmt::format("{}f{}", i == 0 ? "" : ",", fetch.dependencies[i].value());
      }
    }
    out_ += " out: ";
    print_shape(fetch.shape);
    out_ += '\n';
  }

  std::string path(PositionId position) const {
    std::string text;
    for (PositionId at = position; plan_.positions[at].parent; at = plan_.cases[plan_.positions[at].parent].position) {
      const Position& each = plan_.positions[at];
      std::string name =
          each.response_key.empty() ? fmt::format("~{}", supergraph_.schema.field_name(each.field)) : each.response_key;
      for (uint8_t i = 0; i < each.type.list_depth; ++i) name += "[]";
      text = text.empty() ? name : fmt::format("{}.{}", name, text);
    }
    return text.empty() ? "." : text;
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

}  // namespace signet::federation
