#include "router/federation/plan_verify.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace signet::federation {

namespace {

class Verifier {
 public:
  Verifier(const Supergraph& supergraph, const Plan& plan) : supergraph_(supergraph), plan_(plan) {}

  std::string run() {
    check_order();
    check_requests();
    for (size_t i = 0; i < plan_.fetches.size() && problem_.empty(); ++i) check_fetch(FetchId(i));
    for (size_t i = 0; i < plan_.shapes.size() && problem_.empty(); ++i) check_shape(ShapeId(i));
    for (size_t i = 0; i < plan_.cases.size() && problem_.empty(); ++i) check_output(CaseId(i));
    return problem_;
  }

 private:
  void expect(bool condition, std::string_view what) {
    if (!condition && problem_.empty()) problem_ = what;
  }

  void check_order() {
    ancestors_.resize(plan_.fetches.size());
    for (size_t i = 0; i < plan_.fetches.size(); ++i) {
      ancestors_[i].resize(plan_.fetches.size());
      for (FetchId dependency : plan_.fetches[FetchId(i)].dependencies) {
        expect(dependency.value() < i, "a fetch waits for a later one");
        if (!problem_.empty()) return;
        ancestors_[i][dependency.value()] = true;
        for (size_t j = 0; j < i; ++j) {
          if (ancestors_[dependency.value()][j]) ancestors_[i][j] = true;
        }
      }
    }
  }

  /// Every fetch in exactly one request, which waits for the requests of all that the fetch waits for.
  void check_requests() {
    std::vector<size_t> carried(plan_.fetches.size());
    for (size_t i = 0; i < plan_.requests.size(); ++i) {
      const Request& request = plan_.requests[RequestId(i)];
      expect(!request.document.empty(), "a request has no document");
      expect(request.lists.empty() ? request.fetches.size() == 1 : true, "a request has several root fetches");
      for (RequestId dependency : request.dependencies) {
        expect(dependency.value() < i, "a request waits for a later one");
        if (!problem_.empty()) return;
        const std::vector<RequestId>& back = plan_.requests[dependency].dependents;
        expect(std::ranges::find(back, RequestId(i)) != back.end(), "a dependency is not mirrored");
      }
      for (FetchId id : request.fetches) {
        ++carried[id.value()];
        check_carried(RequestId(i), id);
      }
    }
    expect(std::ranges::all_of(carried, [](size_t times) { return times == 1; }), "a fetch is not in one request");
  }

  void check_carried(RequestId id, FetchId fetch_id) {
    const Request& request = plan_.requests[id];
    const Fetch& fetch = plan_.fetches[fetch_id];
    expect(fetch.request == id && fetch.subgraph == request.subgraph && fetch.mutation == request.mutation,
           "a fetch is in another's request");
    expect(request.lists.empty() == (fetch.kind == FetchKind::root), "a request mixes kinds of fetches");
    if (!request.lists.empty()) {
      expect(fetch.list < request.lists.size(), "a fetch has no list");
      if (!problem_.empty()) return;
      const std::vector<FetchId>& sharing = request.lists[fetch.list].fetches;
      expect(std::ranges::find(sharing, fetch_id) != sharing.end(), "a fetch is in another list");
      expect(plan_.cases[plan_.fetches[sharing.front()].type_case].type == plan_.cases[fetch.type_case].type,
             "fetches of different types share a list");
    }
    for (FetchId dependency : fetch.dependencies) {
      const RequestId needed = plan_.fetches[dependency].request;
      expect(std::ranges::find(request.dependencies, needed) != request.dependencies.end(),
             "a request does not wait for what its fetch needs");
    }
  }

  bool waits_for(FetchId fetch, ShapeId shape) const {
    return ancestors_[fetch.value()][plan_.shapes[shape].fetch.value()];
  }

  void check_fetch(FetchId id) {
    const Fetch& fetch = plan_.fetches[id];
    expect(fetch.shape && plan_.shapes[fetch.shape].fetch == id, "a fetch has no shape of its own");
    if (!problem_.empty()) return;
    if (!fetch.at_root) {
      expect(waits_for(id, plan_.shapes[fetch.shape].parent), "a fetch does not wait for its anchor");
    }
    for (TemplateItemId item : fetch.representation) check_item(id, fetch.type_case, item);
    if (plan_.type != operation::OperationType::mutation || !fetch.mutation) return;
    for (size_t i = 0; i < id.value(); ++i) {
      expect(ancestors_[id.value()][i], "a mutation does not wait for everything before it");
    }
  }

  void check_item(FetchId fetch, CaseId type_case, TemplateItemId id) {
    const TemplateItem& item = plan_.template_items[id];
    if (item.child) {
      expect(plan_.positions[item.child].parent == type_case, "a representation descends to another object");
      for (const TemplateItem::Case& each : item.cases) {
        expect(plan_.cases[each.type_case].position == item.child, "a representation mixes positions");
        for (TemplateItemId below : each.items) check_item(fetch, each.type_case, below);
      }
      return;
    }
    expect(item.shape && waits_for(fetch, item.shape), "an input comes from a fetch that is not waited for");
    if (!problem_.empty()) return;
    expect(plan_.shapes[item.shape].position == plan_.cases[type_case].position, "an input is of another object");
    expect(item.slot < plan_.shapes[item.shape].slots.size(), "an input has no slot");
  }

  void check_shape(ShapeId id) {
    const Shape& shape = plan_.shapes[id];
    const Position& position = plan_.positions[shape.position];
    expect(shape.index < position.shapes.size() && position.shapes[shape.index] == id, "a shape has a wrong index");
    if (shape.kind == ShapeKind::landed) {
      const Shape& parent = plan_.shapes[shape.parent];
      expect(parent.fetch == shape.fetch, "a shape lands from another fetch");
      expect(shape.parent_slot < parent.slots.size() && parent.slots[shape.parent_slot].child_shape == id,
             "a shape does not land where its parent leads");
      expect(parent.position == plan_.cases[position.parent].position, "a shape lands from another position");
    }
    if (shape.kind == ShapeKind::linked) {
      const Shape& anchor = plan_.shapes[shape.parent];
      expect(anchor.position == shape.position && anchor.index < shape.index, "an anchor is resolved too late");
      expect(shape.link < anchor.link_count, "an anchor has no room for a link");
    }
    std::set<std::pair<CaseId, std::string_view>> names;
    for (const Slot& slot : shape.slots) {
      expect(names.emplace(slot.type_case, slot.wire_name).second, "two slots of one object share a wire name");
      expect(plan_.cases[slot.type_case].position == shape.position, "a slot belongs to another position");
      expect(!slot.child == !slot.child_shape, "a composite slot has no shape");
    }
  }

  bool can_arrive(const PositionCase& each) const {
    return std::ranges::any_of(plan_.positions[each.position].shapes, [&](ShapeId id) {
      const CaseId only = plan_.shapes[id].type_case;
      return only && plan_.cases[only].type == each.type && plan_.cases[only].position == each.position;
    });
  }

  void check_output(CaseId id) {
    const PositionCase& each = plan_.cases[id];
    std::set<std::string_view> keys;
    for (const OutputField& field : each.output) {
      expect(keys.insert(field.key).second, "a response key stands twice");
      if (field.kind != OutputField::Kind::value) continue;
      if (field.child) {
        const std::vector<ShapeId>& shapes = plan_.positions[field.child].shapes;
        expect(!shapes.empty() || !can_arrive(each), "nothing lands at a composite field");
        continue;
      }
      if (!field.shape) {
        expect(!can_arrive(each), fmt::format("field \"{}\" is not covered", field.key));
        continue;
      }
      const Shape& shape = plan_.shapes[field.shape];
      expect(shape.position == each.position, "a field is read from another object");
      expect(field.slot < shape.slots.size() && shape.slots[field.slot].field == field.field &&
                 shape.slots[field.slot].type_case == id,
             "a field is read from a wrong slot");
    }
  }

  const Supergraph& supergraph_;
  const Plan& plan_;
  std::vector<std::vector<bool>> ancestors_;
  std::string problem_;
};

}  // namespace

std::string verify_plan(const Supergraph& supergraph, const Plan& plan) {
  return Verifier(supergraph, plan).run();
}

}  // namespace signet::federation
