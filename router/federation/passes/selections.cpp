// Selections: final order of shapes and fetch edges, wire names, and what each fetch selects as GraphQL text.
//
// A slot's wire name is its field's name. Only where two slots of one selection set would clash does the later one get
// an alias, so that the text of a fetch does not depend on what clients call things.

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <numeric>
#include <set>

#include "router/federation/passes/draft.hpp"

namespace signet::federation {

namespace {

class SelectionWriter {
 public:
  explicit SelectionWriter(Draft& draft) : draft_(draft), plan_(draft.plan) {}

  void run() {
    order_shapes();
    reduce_dependencies();
    order_slots();
    for (size_t i = 0; i < plan_.shapes.size(); ++i) {
      name_slots(ShapeId(i));
      sort_names(plan_.shapes[ShapeId(i)]);
    }
    for (const Fetch& fetch : plan_.fetches) {
      variables_.clear();
      DraftFetch printed;
      print_selection(fetch.shape, printed.selection);
      printed.variables.assign(variables_.begin(), variables_.end());
      draft_.fetches.push_back(std::move(printed));
    }
  }

 private:
  void order_shapes() {
    for (Position& position : plan_.positions) {
      std::ranges::sort(position.shapes, {},
                        [&](ShapeId id) { return std::pair(plan_.shapes[id].kind == ShapeKind::linked, id); });
      for (size_t i = 0; i < position.shapes.size(); ++i) {
        Shape& shape = plan_.shapes[position.shapes[i]];
        shape.index = static_cast<uint16_t>(i);
        if (shape.kind != ShapeKind::linked) ++position.landed;
      }
      if (position.landed == 1) {
        Shape& first = plan_.shapes[position.shapes.front()];
        first.sole = first.kind == ShapeKind::landed;
      }
    }
    for (Shape& shape : plan_.shapes) {
      if (shape.parent) shape.parent_index = plan_.shapes[shape.parent].index;
    }
  }

  /// Drops dependencies that others imply.
  void reduce_dependencies() {
    std::vector<std::vector<bool>> ancestors(plan_.fetches.size());
    for (size_t i = 0; i < plan_.fetches.size(); ++i) {
      Fetch& fetch = plan_.fetches[FetchId(i)];
      ancestors[i].resize(i);
      std::vector<FetchId> kept;
      for (auto at = fetch.dependencies.rbegin(); at != fetch.dependencies.rend(); ++at) {
        if (ancestors[i][at->value()]) continue;  // a later fetch that is kept waits for it
        kept.push_back(*at);
        ancestors[i][at->value()] = true;
        for (size_t j = 0; j < at->value(); ++j) {
          if (ancestors[at->value()][j]) ancestors[i][j] = true;
        }
      }
      std::ranges::reverse(kept);
      fetch.dependencies = std::move(kept);
    }
  }

  // --- slots

  /// Puts the slots of each case together, and makes whatever names a slot follow.
  void order_slots() {
    std::vector<std::vector<uint16_t>> moved(plan_.shapes.size());  // by shape and old place: the new one
    for (size_t i = 0; i < plan_.shapes.size(); ++i) moved[i] = order_slots_of(ShapeId(i));
    const auto follow = [&](ShapeId shape, uint16_t& slot) { slot = moved[shape.value()][slot]; };
    for (PositionCase& each : plan_.cases) {
      for (OutputField& field : each.output) {
        if (field.shape) follow(field.shape, field.slot);
      }
    }
    for (TemplateItem& item : plan_.template_items) {
      if (item.shape) follow(item.shape, item.slot);
    }
    for (Shape& shape : plan_.shapes) {
      if (shape.kind == ShapeKind::landed) follow(shape.parent, shape.parent_slot);
    }
  }

  std::vector<uint16_t> order_slots_of(ShapeId id) {
    Shape& shape = plan_.shapes[id];
    std::vector<uint16_t> order(shape.slots.size());
    std::iota(order.begin(), order.end(), uint16_t{0});
    // Cases as they stand in Position::cases.
    std::ranges::sort(order, {}, [&](uint16_t i) { return std::pair(plan_.cases[shape.slots[i].type_case].type, i); });
    std::vector<uint16_t> moved(order.size());
    std::vector<Slot> slots;
    std::vector<DraftArguments> arguments;
    for (uint16_t old : order) {
      moved[old] = static_cast<uint16_t>(slots.size());
      slots.push_back(std::move(shape.slots[old]));
      arguments.push_back(std::move(draft_.shapes[id].arguments[old]));
      const CaseId type_case = slots.back().type_case;
      if (shape.layouts.empty() || shape.layouts.back().type_case != type_case) {
        shape.layouts.push_back({.type_case = type_case, .begin = moved[old], .end = moved[old], .by_name = {}});
      }
      ++shape.layouts.back().end;
    }
    shape.slots = std::move(slots);
    draft_.shapes[id].arguments = std::move(arguments);
    return moved;
  }

  static void sort_names(Shape& shape) {
    for (CaseSlots& layout : shape.layouts) {
      for (uint16_t i = layout.begin; i < layout.end; ++i) layout.by_name.push_back(i);
      std::ranges::sort(layout.by_name, {}, [&](uint16_t i) -> std::string_view { return shape.slots[i].wire_name; });
    }
  }

  // --- wire names

  void name_slots(ShapeId id) {
    std::vector<Slot>& slots = plan_.shapes[id].slots;
    std::set<std::string, std::less<>> wanted;
    for (const Slot& slot : slots) wanted.emplace(draft_.schema().field_name(slot.field));
    size_t aliases = 0;
    std::map<std::string, std::vector<size_t>, std::less<>> taken;
    for (size_t i = 0; i < slots.size(); ++i) {
      std::string name(draft_.schema().field_name(slots[i].field));
      std::vector<size_t>& others = taken[name];
      const bool free =
          std::ranges::all_of(others, [&](size_t other) { return can_share(id, slots[other], slots[i], i); });
      if (free) others.push_back(i);
      while (!free && (name = fmt::format("_a{}", ++aliases), wanted.contains(name))) {
      }
      slots[i].wire_json = fmt::format("\"{}\":", name);
      slots[i].wire_name = std::move(name);
    }
  }

  /// Leaves of different object types may share a response name when their types are equal in the subgraph.
  /// Spec: https://spec.graphql.org/September2025/#SameResponseShape()
  bool can_share(ShapeId shape, const Slot& a, const Slot& b, size_t b_index) const {
    if (a.type_case == b.type_case || a.child || b.child) return false;
    const auto& arguments = draft_.shapes[shape].arguments;
    const auto a_index = static_cast<size_t>(&a - plan_.shapes[shape].slots.data());
    return local_type(shape, a) == local_type(shape, b) && arguments[a_index].text == arguments[b_index].text;
  }

  TypeRef local_type(ShapeId shape, const Slot& slot) const {
    const Model& model = draft_.model();
    const StateId state = model.cast(draft_.shapes[shape].state, plan_.cases[slot.type_case].type);
    const EdgeId edge = state ? model.find_edge(state, slot.field) : EdgeId();
    return edge ? model.edges[edge].local : TypeRef();
  }

  // --- text

  void print_selection(ShapeId id, std::string& out) {
    const Shape& shape = plan_.shapes[id];
    out += '{';
    if (shape.type_case) {
      for (size_t i = 0; i < shape.slots.size(); ++i) print_slot(id, i, out);
      if (shape.slots.empty()) out += "__typename";
    } else {
      out += "__typename";
      for (CaseId type_case : plan_.positions[shape.position].cases) print_case(id, type_case, out);
    }
    out += '}';
  }

  void print_case(ShapeId id, CaseId type_case, std::string& out) {
    const Shape& shape = plan_.shapes[id];
    std::string fields;
    const CaseSlots* layout = find_layout(shape, type_case);
    for (size_t i = 0; layout != nullptr && i < size_t{layout->end} - layout->begin; ++i) {
      print_slot(id, layout->begin + i, fields);
    }
    if (!fields.empty()) out += fmt::format(" ...on {}{{{}}}", plan_.cases[type_case].type_name, fields);
  }

  void print_slot(ShapeId id, size_t index, std::string& out) {
    const Slot& slot = plan_.shapes[id].slots[index];
    const std::string_view name = draft_.schema().field_name(slot.field);
    if (!out.empty() && out.back() != '{') out += ' ';
    if (slot.wire_name != name) out += slot.wire_name + ":";
    out += name;
    const DraftArguments& arguments = draft_.shapes[id].arguments[index];
    if (!arguments.text.empty()) out += fmt::format("({})", arguments.text);
    variables_.insert(arguments.variables.begin(), arguments.variables.end());
    if (slot.child_shape) print_selection(slot.child_shape, out);
  }

  Draft& draft_;
  Plan& plan_;
  std::set<operation::VariableId> variables_;
};

}  // namespace

void write_selections(Draft& draft) {
  SelectionWriter(draft).run();
}

}  // namespace signet::federation
