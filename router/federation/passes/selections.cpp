// Selections: final order of shapes and fetch edges, wire names, and what each fetch selects as GraphQL text.
//
// A slot's wire name is its field's name. Only where two slots of one selection set would clash does the later one get
// an alias, so that the text of a fetch does not depend on what clients call things.

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <set>

#include "router/base/sort_unique.hpp"
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
    for (PositionCase& each : plan_.cases) find_neighbours(each.output);
    for (const Fetch& fetch : plan_.fetches) {
      DraftFetch printed;
      print_selection(fetch.shape, printed);
      sort_unique(printed.variables);
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
    const size_t words = (plan_.fetches.size() + 63) / 64;
    std::vector<uint64_t> ancestors(plan_.fetches.size() * words);  // bits, by fetch
    for (size_t i = 0; i < plan_.fetches.size(); ++i) {
      uint64_t* mine = &ancestors[i * words];
      std::vector<FetchId>& dependencies = plan_.fetches[FetchId(i)].dependencies;
      const auto implied = [&](FetchId each) { return (mine[each.value() / 64] >> each.value() % 64 & 1) != 0; };
      const auto add = [&](FetchId each) {
        mine[each.value() / 64] |= uint64_t{1} << each.value() % 64;
        for (size_t w = 0; w < words; ++w) mine[w] |= ancestors[each.value() * words + w];
      };
      // From the last one down: what a later fetch waits for need not be waited for again.
      size_t kept = dependencies.size();
      for (size_t k = dependencies.size(); k-- > 0;) {
        if (implied(dependencies[k])) continue;
        add(dependencies[k]);
        dependencies[--kept] = dependencies[k];
      }
      dependencies.erase(dependencies.begin(), dependencies.begin() + static_cast<ptrdiff_t>(kept));
    }
  }

  // --- slots

  /// Puts the slots of each case together, and makes whatever names a slot follow.
  void order_slots() {
    // By shape and old place: the new one; empty where all keep theirs.
    std::vector<std::vector<uint16_t>> moved(plan_.shapes.size());
    for (size_t i = 0; i < plan_.shapes.size(); ++i) moved[i] = order_slots_of(ShapeId(i));
    const auto follow = [&](ShapeId shape, uint16_t& slot) {
      if (!moved[shape.value()].empty()) slot = moved[shape.value()][slot];
    };
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
    std::vector<uint16_t> moved;
    // Cases as they stand in Position::cases.
    const auto type = [&](const Slot& slot) { return plan_.cases[slot.type_case].type; };
    if (!std::ranges::is_sorted(shape.slots, {}, type)) {
      std::vector<uint16_t> order(shape.slots.size());
      std::iota(order.begin(), order.end(), uint16_t{0});
      std::ranges::sort(order, {}, [&](uint16_t i) { return std::pair(type(shape.slots[i]), i); });
      moved.resize(order.size());
      std::vector<Slot> slots;
      std::vector<DraftArguments> arguments;
      for (uint16_t old : order) {
        moved[old] = static_cast<uint16_t>(slots.size());
        slots.push_back(std::move(shape.slots[old]));
        arguments.push_back(draft_.shapes[id].arguments[old]);
      }
      shape.slots = std::move(slots);
      draft_.shapes[id].arguments = std::move(arguments);
    }
    for (const Slot& slot : shape.slots) {
      if (shape.layouts.empty() || shape.layouts.back().type_case != slot.type_case) {
        const uint16_t begin = shape.layouts.empty() ? 0 : shape.layouts.back().end;
        shape.layouts.push_back({.type_case = slot.type_case, .begin = begin, .end = begin, .by_name = {}});
      }
      ++shape.layouts.back().end;
    }
    return moved;
  }

  static void sort_names(Shape& shape) {
    for (CaseSlots& layout : shape.layouts) {
      layout.by_name.resize(size_t{layout.end} - layout.begin);
      std::iota(layout.by_name.begin(), layout.by_name.end(), layout.begin);
      std::ranges::sort(layout.by_name, {}, [&](uint16_t i) -> std::string_view { return shape.slots[i].wire_name; });
    }
  }

  // --- wire names

  void name_slots(ShapeId id) {
    std::vector<Slot>& slots = plan_.shapes[id].slots;
    for (Slot& slot : slots) slot.wire_name = draft_.schema().field_name(slot.field);
    give_aliases(slots, clashing(id));
    for (Slot& slot : slots) slot.wire_json = json_key(slot.wire_name);
  }

  /// The slots that cannot share the name of their field with an earlier one, ascending.
  std::vector<uint16_t> clashing(ShapeId id) const {
    const std::vector<Slot>& slots = plan_.shapes[id].slots;
    const auto name = [&](uint16_t i) { return draft_.schema().fields[slots[i].field].name; };
    std::vector<uint16_t> order(slots.size());
    std::iota(order.begin(), order.end(), uint16_t{0});
    std::ranges::sort(order, {}, [&](uint16_t i) { return std::pair(name(i), i); });
    std::vector<uint16_t> result;
    std::vector<uint16_t> sharing;  // one name
    for (uint16_t i : order) {
      if (!sharing.empty() && name(sharing.front()) != name(i)) sharing.clear();
      const bool free = std::ranges::all_of(sharing, [&](uint16_t other) { return can_share(id, other, i); });
      (free ? sharing : result).push_back(i);
    }
    std::ranges::sort(result);
    return result;
  }

  /// Names that are no field's.
  static void give_aliases(std::vector<Slot>& slots, const std::vector<uint16_t>& aliased) {
    if (aliased.empty()) return;
    std::set<std::string, std::less<>> taken;
    for (const Slot& slot : slots) taken.insert(slot.wire_name);
    size_t count = 0;
    for (uint16_t i : aliased) {
      do {
        slots[i].wire_name = fmt::format("_a{}", ++count);
      } while (taken.contains(slots[i].wire_name));
    }
  }

  /// Leaves of different object types may share a response name when their types are equal in the subgraph.
  /// Spec: https://spec.graphql.org/September2025/#SameResponseShape()
  bool can_share(ShapeId shape, uint16_t a_index, uint16_t b_index) const {
    const Slot& a = plan_.shapes[shape].slots[a_index];
    const Slot& b = plan_.shapes[shape].slots[b_index];
    if (a.type_case == b.type_case || a.child || b.child) return false;
    const std::vector<DraftArguments>& arguments = draft_.shapes[shape].arguments;
    return local_type(shape, a) == local_type(shape, b) && arguments[a_index].text == arguments[b_index].text;
  }

  TypeRef local_type(ShapeId shape, const Slot& slot) const {
    const Model& model = draft_.model();
    const StateId state = model.cast(draft_.shapes[shape].state, plan_.cases[slot.type_case].type);
    const EdgeId edge = state ? model.find_edge(state, slot.field) : EdgeId();
    return edge ? model.edges[edge].local : TypeRef();
  }

  // --- fields

  /// Which fields clients get as their subgraph writes them, name and all, behind another one.
  void find_neighbours(std::vector<OutputField>& output) const {
    for (size_t i = 1; i < output.size(); ++i) {
      const OutputField& before = output[i - 1];
      OutputField& field = output[i];
      field.follows = before.shape && field.shape == before.shape && field.slot == before.slot + 1 &&
                      field.key_json == plan_.shapes[field.shape].slots[field.slot].wire_json;
    }
  }

  // --- text

  void print_selection(ShapeId id, DraftFetch& out) const {
    const Shape& shape = plan_.shapes[id];
    out.selection += '{';
    if (shape.type_case) {
      print_slots(id, 0, shape.slots.size(), out);
      if (shape.slots.empty()) out.selection += "__typename";
    } else {
      out.selection += "__typename";
      for (CaseId type_case : plan_.positions[shape.position].cases) print_case(id, type_case, out);
    }
    out.selection += '}';
  }

  void print_case(ShapeId id, CaseId type_case, DraftFetch& out) const {
    const CaseSlots* layout = find_layout(plan_.shapes[id], type_case);
    if (layout == nullptr) return;
    out.selection.append(" ...on ").append(plan_.cases[type_case].type_name).append(1, '{');
    print_slots(id, layout->begin, layout->end, out);
    out.selection += '}';
  }

  void print_slots(ShapeId id, size_t begin, size_t end, DraftFetch& out) const {
    for (size_t i = begin; i < end; ++i) {
      if (i != begin) out.selection += ' ';
      print_slot(plan_.shapes[id].slots[i], draft_.shapes[id].arguments[i], out);
    }
  }

  void print_slot(const Slot& slot, const DraftArguments& arguments, DraftFetch& out) const {
    const std::string_view name = draft_.schema().field_name(slot.field);
    if (slot.wire_name != name) out.selection.append(slot.wire_name).append(1, ':');
    out.selection += name;
    if (!arguments.text.empty()) out.selection.append(1, '(').append(arguments.text).append(1, ')');
    out.variables.insert(out.variables.end(), arguments.variables.begin(), arguments.variables.end());
    if (slot.child_shape) print_selection(slot.child_shape, out);
  }

  Draft& draft_;
  Plan& plan_;
};

}  // namespace

void write_selections(Draft& draft) {
  SelectionWriter(draft).run();
}

}  // namespace signet::federation
