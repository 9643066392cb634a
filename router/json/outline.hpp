// A tree of facts for people and tools: the same tree as indented text and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace signet::json {

class Outline {
 public:
  explicit Outline(std::string kind) : kind_(std::move(kind)) {}

  /// Adds a fact about this node; the order is kept.
  Outline& fact(std::string name, std::string text) { return put(std::move(name), std::move(text)); }
  Outline& fact(std::string name, std::string_view text) { return put(std::move(name), std::string(text)); }
  Outline& fact(std::string name, const char* text) { return put(std::move(name), std::string(text)); }
  Outline& fact(std::string name, uint64_t number) { return put(std::move(name), number); }
  Outline& fact(std::string name, std::vector<std::string> texts) { return put(std::move(name), std::move(texts)); }

  /// Adds a child. The reference holds until the next one is added.
  Outline& add(std::string kind) { return children_.emplace_back(std::move(kind)); }
  Outline& add(Outline child) { return children_.emplace_back(std::move(child)); }

  /// `kind name=text name=3 name=a,b`, a line for each node, children indented below it. Texts that would be ambiguous
  /// are quoted as in JSON; facts that are empty lists are left out.
  std::string print_text() const;
  /// `{"kind":…,"name":…,"children":[…]}`; `children` only where there are any.
  std::string print_json() const;

 private:
  using Value = std::variant<std::string, uint64_t, std::vector<std::string>>;
  Outline& put(std::string name, Value value) {
    facts_.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  void append_text(std::string& out, size_t indent) const;

  std::string kind_;
  std::vector<std::pair<std::string, Value>> facts_;
  std::vector<Outline> children_;

  friend class OutlineJson;
};

}  // namespace signet::json
