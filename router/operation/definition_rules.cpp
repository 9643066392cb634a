// Rules about operations and fragments as wholes.
// Spec: https://spec.graphql.org/September2025/#sec-Validation.Operations and #sec-Validation.Fragments
#include <unordered_set>

#include "router/operation/validation.hpp"

namespace signet::operation {

using graphql::Fragment;
using graphql::FragmentId;
using graphql::Operation;
using graphql::OperationId;
using graphql::OperationType;
using graphql::Selection;
using graphql::SelectionId;
using graphql::SelectionKind;

namespace {

using NameSet = std::unordered_set<std::string_view, KeyedStringHash>;

void check_unused_fragments(Validation& validation) {
  std::vector<bool> used(validation.document.fragments.size());
  std::vector<FragmentId> pending;
  const auto reach = [&](const DefinitionFacts& facts) {
    for (FragmentId spread : facts.spreads) {
      if (used[spread.value()]) continue;
      used[spread.value()] = true;
      pending.push_back(spread);
    }
  };
  for (const DefinitionFacts& facts : validation.operation_facts) reach(facts);
  while (!pending.empty()) {
    const FragmentId fragment = pending.back();
    pending.pop_back();
    reach(validation.fragment_facts[fragment]);
  }
  for (size_t i = 0; i < used.size(); ++i) {
    const Fragment& fragment = validation.document[FragmentId(i)];
    if (!used[i] && validation.fragments.find(fragment.name) == FragmentId(i)) {
      validation.errors.add(fmt::format("fragment {} is never used", quoted(fragment.name)), fragment.offset);
    }
  }
}

// Collects the root fields of a subscription through its fragments, as far as the rules need them.
class SubscriptionRoot {
 public:
  SubscriptionRoot(Validation& validation, const Operation& operation)
      : validation_(validation), operation_(operation) {}

  void check() {
    std::vector<bool> seen(validation_.document.fragments.size());
    pending_.push_back(operation_.first_selection);
    while (!pending_.empty() && validation_.errors.empty()) {
      const SelectionId first = pending_.back();
      pending_.pop_back();
      for (auto [id, selection] : validation_.document.each(first)) {
        check_conditions(selection);
        if (selection.kind == SelectionKind::field) {
          check_field(selection);
        } else if (selection.kind == SelectionKind::inline_fragment) {
          pending_.push_back(selection.first_child);
        } else if (const FragmentId fragment = validation_.fragments.find(selection.name);
                   fragment && !seen[fragment.value()]) {
          seen[fragment.value()] = true;
          pending_.push_back(validation_.document[fragment].first_selection);
        }
      }
    }
  }

 private:
  void check_conditions(const Selection& selection) {
    for (auto [id, directive] : validation_.document.each(selection.first_directive)) {
      if (directive.name == "skip" || directive.name == "include") {
        validation_.errors.add("a subscription may not use @skip or @include at its root", directive.offset);
      }
    }
  }

  void check_field(const Selection& selection) {
    if (selection.name.starts_with("__")) {
      validation_.errors.add("a subscription may not select an introspection field at its root", selection.offset);
    }
    if (!key_.empty() && key_ != selection.response_key()) {
      validation_.errors.add("a subscription must select only one field at its root", selection.offset);
    }
    key_ = selection.response_key();
  }

  Validation& validation_;
  const Operation& operation_;
  std::vector<SelectionId> pending_;
  std::string_view key_;
};

}  // namespace

void check_definitions(Validation& validation) {
  const graphql::Document& document = validation.document;
  NameSet names;
  for (const Operation& operation : document.operations) {
    if (operation.name.empty()) {
      if (document.operations.size() > 1) {
        validation.errors.add("an anonymous operation must be the only operation of its document", operation.offset);
      }
    } else if (!names.insert(operation.name).second) {
      validation.errors.add(fmt::format("there can be only one operation named {}", quoted(operation.name)),
                            operation.offset);
    }
  }
  names.clear();
  for (const Fragment& fragment : document.fragments) {
    if (!names.insert(fragment.name).second) {
      validation.errors.add(fmt::format("there can be only one fragment named {}", quoted(fragment.name)),
                            fragment.offset);
    }
  }
}

void check_fragment_cycles(Validation& validation) {
  check_unused_fragments(validation);
  enum class Visit : uint8_t { unseen, open, done };
  struct Frame {
    FragmentId fragment;
    size_t next_spread = 0;
  };
  std::vector<Visit> visits(validation.document.fragments.size(), Visit::unseen);
  std::vector<Frame> stack;  // explicit: a chain of fragments may be as long as the document
  for (size_t i = 0; i < visits.size(); ++i) {
    if (visits[i] != Visit::unseen) continue;
    visits[i] = Visit::open;
    stack.push_back({FragmentId(i)});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      const std::vector<FragmentId>& spreads = validation.fragment_facts[frame.fragment].spreads;
      if (frame.next_spread == spreads.size()) {
        visits[frame.fragment.value()] = Visit::done;
        stack.pop_back();
        continue;
      }
      const FragmentId spread = spreads[frame.next_spread++];
      if (visits[spread.value()] == Visit::open) {
        const Fragment& fragment = validation.document[spread];
        validation.errors.add(fmt::format("fragment {} cannot spread itself", quoted(fragment.name)), fragment.offset);
      } else if (visits[spread.value()] == Visit::unseen) {
        visits[spread.value()] = Visit::open;
        stack.push_back({spread});
      }
    }
  }
}

// Spec: https://spec.graphql.org/September2025/#sec-Single-Root-Field
void check_subscription_roots(Validation& validation) {
  for (const Operation& operation : validation.document.operations) {
    if (operation.type == OperationType::subscription) SubscriptionRoot(validation, operation).check();
  }
}

}  // namespace signet::operation
