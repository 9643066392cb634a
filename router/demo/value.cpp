#include "router/demo/value.hpp"

#include <charconv>

#include "router/base/check.hpp"

namespace signet::demo {

const Value* Object::find(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string_view Object::text(std::string_view name) const {
  const Value* value = find(name);
  return value != nullptr && value->text() != nullptr ? std::string_view(*value->text()) : std::string_view();
}

int64_t Object::integer(std::string_view name) const {
  const Value* value = find(name);
  if (value == nullptr || value->number() == nullptr) return 0;
  const std::string& text = value->number()->text;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : 0;
}

const Object* Value::object() const {
  const auto* object = std::get_if<std::shared_ptr<const Object>>(&data);
  return object == nullptr ? nullptr : object->get();
}

List make_table(std::string_view type, const std::vector<std::string_view>& columns,
                const std::vector<std::vector<Value>>& rows) {
  List table;
  for (const std::vector<Value>& row : rows) {
    SIGNET_CHECK(row.size() == columns.size());
    auto object = std::make_shared<Object>();
    object->type = type;
    for (size_t i = 0; i < columns.size(); ++i) object->fields.emplace_back(columns[i], row[i]);
    table.emplace_back(std::shared_ptr<const Object>(std::move(object)));
  }
  return table;
}

}  // namespace signet::demo
