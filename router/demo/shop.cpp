#include "router/demo/shop.hpp"

#include "router/demo/embedded_texts.hpp"

namespace signet::demo {

std::vector<SubgraphDefinition> shop() {
  return {accounts(), inventory(), products(), reviews()};
}

std::string supergraph(uint16_t port) {
  constexpr std::string_view kPlaceholder = "{port}";
  std::string text(kSupergraph);
  const std::string number = std::to_string(port);
  for (size_t at = text.find(kPlaceholder); at != std::string::npos; at = text.find(kPlaceholder, at)) {
    text.replace(at, kPlaceholder.size(), number);
  }
  return text;
}

List select(const List& table, std::string_view name, std::string_view wanted, size_t limit) {
  List found;
  for (const Value& row : table) {
    if (found.size() >= limit) break;
    if (row.object()->text(name) == wanted) found.push_back(row);
  }
  return found;
}

Value find(const List& table, std::string_view name, std::string_view wanted) {
  List found = select(table, name, wanted, 1);
  return found.empty() ? Value() : std::move(found.front());
}

size_t first_of(const Object& arguments) {
  const Value* first = arguments.find("first");
  if (first == nullptr || first->is_null() || arguments.integer("first") < 0) return SIZE_MAX;
  return static_cast<size_t>(arguments.integer("first"));
}

Value make_object(std::string_view type, std::vector<std::pair<std::string, Value>> fields) {
  return std::shared_ptr<const Object>(std::make_shared<Object>(Object{std::string(type), std::move(fields)}));
}

}  // namespace signet::demo
