// Works on scopes, as overlap_rules.cpp does: a scope is the set of selection sets that end up in one object. Fields
// of one name in a scope count once, and their children make one scope below. Scopes are found first, each once; then
// heights are added up from the innermost.
#include "router/operation/height.hpp"

#include <map>

#include "router/base/sort_unique.hpp"

namespace signet::operation {
namespace {

using graphql::FragmentId;
using graphql::SelectionId;
using graphql::SelectionKind;

using Scope = std::vector<SelectionId>;

class Height {
 public:
  Height(const graphql::Document& document, const FragmentIndex& fragments)
      : document_(document), fragments_(fragments), budget_(500'000 + 8 * document.selections.size()) {
    stamps_.resize(document.fragments.size());
  }

  uint64_t measure(SelectionId first) {
    intern({first});
    for (size_t i = 0; i < scopes_.size(); ++i) {
      if (!expand(i)) return UINT64_MAX;
    }
    return add_up();
  }

 private:
  struct Node {
    uint64_t fields = 0;
    std::vector<size_t> children;
    uint64_t height = 0;
    bool entered = false;
    size_t next = 0;
  };

  size_t intern(Scope scope) {
    const auto [at, added] = ids_.emplace(std::move(scope), scopes_.size());
    if (added) {
      scopes_.push_back(&at->first);
      nodes_.emplace_back();
    }
    return at->second;
  }

  bool expand(size_t index) {
    std::map<std::string_view, Scope> children;
    ++stamp_;
    Scope walk = *scopes_[index];
    while (!walk.empty()) {
      const SelectionId first = walk.back();
      walk.pop_back();
      for (auto [id, selection] : document_.each(first)) {
        if (budget_ == 0) return false;
        --budget_;
        if (selection.kind == SelectionKind::field) {
          Scope& inner = children[selection.name];
          if (selection.first_child) inner.push_back(selection.first_child);
        } else if (selection.kind == SelectionKind::inline_fragment) {
          walk.push_back(selection.first_child);
        } else if (const FragmentId fragment = fragments_.find(selection.name);
                   fragment && stamps_[fragment] != stamp_) {
          stamps_[fragment] = stamp_;
          walk.push_back(document_[fragment].first_selection);
        }
      }
    }
    nodes_[index].fields = children.size();
    for (auto& [name, scope] : children) {
      if (scope.empty()) continue;
      sort_unique(scope);
      const size_t child = intern(std::move(scope));
      nodes_[index].children.push_back(child);
    }
    return true;
  }

  uint64_t add_up() {
    std::vector<size_t> stack = {0};
    nodes_[0].entered = true;
    while (!stack.empty()) {
      Node& node = nodes_[stack.back()];
      if (node.next < node.children.size()) {
        const size_t child = node.children[node.next++];
        if (nodes_[child].entered) continue;
        nodes_[child].entered = true;
        stack.push_back(child);
        continue;
      }
      uint64_t height = node.fields;
      for (size_t child : node.children) {
        const uint64_t more = nodes_[child].height;
        height = height > UINT64_MAX - more ? UINT64_MAX : height + more;
      }
      node.height = height;
      stack.pop_back();
    }
    return nodes_[0].height;
  }

  const graphql::Document& document_;
  const FragmentIndex& fragments_;
  size_t budget_;
  std::map<Scope, size_t> ids_;
  std::vector<const Scope*> scopes_;
  std::vector<Node> nodes_;
  IdVector<FragmentId, uint32_t> stamps_;
  uint32_t stamp_ = 0;
};

}  // namespace

uint64_t measure_height(const graphql::Document& document, const FragmentIndex& fragments, SelectionId first) {
  return Height(document, fragments).measure(first);
}

}  // namespace signet::operation
