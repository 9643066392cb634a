#include "router/operation/limits.hpp"

#include "router/operation/document_facts.hpp"
#include "router/operation/height.hpp"

namespace signet::operation {
namespace {

using graphql::DirectiveId;
using graphql::Document;
using graphql::FragmentId;
using graphql::OperationId;
using graphql::Selection;
using graphql::SelectionId;
using graphql::SelectionKind;

uint64_t add(uint64_t a, uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

// Adds what stands beside: counts add up, depths and maxima compare.
void merge(OperationMeasures& into, const OperationMeasures& other) {
  into.depth = std::max(into.depth, other.depth);
  into.aliases = add(into.aliases, other.aliases);
  into.root_fields = add(into.root_fields, other.root_fields);
  into.directives = add(into.directives, other.directives);
  into.directives_at_one_location = std::max(into.directives_at_one_location, other.directives_at_one_location);
  into.expanded_selections = add(into.expanded_selections, other.expanded_selections);
}

class Measuring {
 public:
  explicit Measuring(const Document& document) : document_(document), fragments_(document) {
    states_.resize(document.fragments.size());
    measures_.resize(document.fragments.size());
  }

  OperationMeasures run(OperationId id) {
    const graphql::Operation& operation = document_[id];
    measure_fragments(operation.first_selection);
    OperationMeasures total = selections(operation.first_selection);
    directives(total, operation.first_directive);
    for (auto [unused, variable] : document_.each(operation.first_variable))
      directives(total, variable.first_directive);
    return total;
  }

  uint64_t height(OperationId id) const { return measure_height(document_, fragments_, document_[id].first_selection); }

 private:
  enum class State : uint8_t { unseen, open, done };
  struct Frame {
    FragmentId fragment;
    std::vector<FragmentId> spreads;
    size_t next = 0;
  };

  std::vector<FragmentId> spreads(SelectionId first) const {
    std::vector<FragmentId> found;
    walk_selections(document_, first, [&](const Selection& selection) {
      if (selection.kind != SelectionKind::fragment_spread) return;
      const FragmentId fragment = fragments_.find(selection.name);
      if (fragment) found.push_back(fragment);
    });
    return found;
  }

  // Measures what an operation reaches, inner fragments first. The stack is explicit, because a chain of fragments may
  // be as long as the document.
  void measure_fragments(SelectionId first) {
    std::vector<Frame> stack;
    stack.push_back({FragmentId(), spreads(first)});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.next < frame.spreads.size()) {
        const FragmentId spread = frame.spreads[frame.next++];
        if (states_[spread] != State::unseen) continue;
        states_[spread] = State::open;
        stack.push_back({spread, spreads(document_[spread].first_selection)});
        continue;
      }
      if (const FragmentId fragment = frame.fragment) {
        measures_[fragment] = selections(document_[fragment].first_selection);
        directives(measures_[fragment], document_[fragment].first_directive);
        states_[fragment] = State::done;
      }
      stack.pop_back();
    }
  }

  void directives(OperationMeasures& total, DirectiveId first) const {
    uint64_t here = 0;
    for (DirectiveId id = first; id; id = document_[id].next) ++here;
    total.directives = add(total.directives, here);
    total.directives_at_one_location = std::max(total.directives_at_one_location, here);
  }

  OperationMeasures selections(SelectionId first) const {
    OperationMeasures total;
    for (auto [id, selection] : document_.each(first)) {
      directives(total, selection.first_directive);
      if (selection.kind == SelectionKind::fragment_spread) {
        const FragmentId fragment = fragments_.find(selection.name);
        if (fragment && states_[fragment] == State::done) merge(total, measures_[fragment]);
        continue;
      }
      OperationMeasures inner = selections(selection.first_child);
      if (selection.kind == SelectionKind::field) {
        inner.depth = add(inner.depth, 1);
        inner.root_fields = 1;
        inner.aliases = add(inner.aliases, selection.alias.empty() ? 0 : 1);
        inner.expanded_selections = add(inner.expanded_selections, 1);
      }
      merge(total, inner);
    }
    return total;
  }

  const Document& document_;
  const FragmentIndex fragments_;
  IdVector<FragmentId, State> states_;
  IdVector<FragmentId, OperationMeasures> measures_;
};

}  // namespace

OperationMeasures measure(const Document& document, OperationId operation) {
  Measuring measuring(document);
  OperationMeasures measures = measuring.run(operation);
  measures.height = measuring.height(operation);
  return measures;
}

uint64_t expanded_selections(const Document& document, OperationId operation) {
  return Measuring(document).run(operation).expanded_selections;
}

bool introspection_used(const Document& document, OperationId operation) {
  const FragmentIndex fragments(document);
  bool used = false;
  walk_definitions(document, fragments, operation, [&](SelectionId first, DirectiveId) {
    walk_selections(document, first, [&](const Selection& selection) {
      used |= selection.kind == SelectionKind::field && (selection.name == "__schema" || selection.name == "__type");
    });
  });
  return used;
}

}  // namespace signet::operation
