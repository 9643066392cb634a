#include "router/demo/executor.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "router/demo/document_check.hpp"
#include "router/json/writer.hpp"

namespace signet::demo {

using graphql::SelectionKind;
using graphql::TypeRefKind;

std::string Executor::run(const graphql::Operation& operation) {
  out_ = R"({"data":)";
  const size_t start = out_.size();
  const Object root{.type = std::string(schema_.root(operation.type)), .fields = {}};
  if (!write_object(root, {operation.first_selection})) {
    out_.resize(start);
    out_ += "null";
  }
  if (!errors_.empty()) out_ += R"(,"errors":[)" + errors_ + "]";
  return out_ + "}";
}

bool Executor::write_object(const Object& object, const std::vector<graphql::SelectionId>& sets) {
  Groups groups;
  for (const graphql::SelectionId set : sets) collect(object, set, groups);
  out_ += '{';
  for (size_t i = 0; i < groups.size(); ++i) {
    if (i > 0) out_ += ',';
    json::append_string(out_, groups[i].key);
    out_ += ':';
    if (!write_field(object, groups[i])) return false;
  }
  out_ += '}';
  return true;
}

bool Executor::write_field(const Object& object, const Group& group) {
  const graphql::Selection& selection = *group.selections.front();
  if (selection.name == "__typename") {
    json::append_string(out_, object.type);
    return true;
  }
  std::string& key = path_.emplace_back();
  json::append_string(key, group.key);
  const graphql::TypeRefId type = schema_.field(object.type, selection.name)->type;
  const bool written = [&] {
    const Resolved value = resolve(object, selection);
    if (value) return write_value(type, *value, group);
    add_error(value.error());
    out_ += "null";
    return schema_.document()[type].kind != TypeRefKind::non_null;
  }();
  path_.pop_back();
  return written;
}

bool Executor::write_value(graphql::TypeRefId id, const Value& value, const Group& group) {
  const graphql::TypeRef& type = schema_.document()[id];
  if (type.kind == TypeRefKind::non_null) {
    if (!value.is_null()) return write_present(schema_.document()[type.inner], value, group);
    add_error("null where the schema promises a value");
    return false;
  }
  const size_t start = out_.size();
  if (!value.is_null() && write_present(type, value, group)) return true;
  out_.resize(start);  // the null of something inside ends here
  out_ += "null";
  return true;
}

bool Executor::write_present(const graphql::TypeRef& type, const Value& value, const Group& group) {
  if (type.kind == TypeRefKind::named) return write_named(type.name, value, group);
  const List* items = value.list();
  if (items == nullptr) {
    add_error("no list where the schema promises one");
    return false;
  }
  out_ += '[';
  for (size_t i = 0; i < items->size(); ++i) {
    if (i > 0) out_ += ',';
    path_.push_back(std::to_string(i));
    const bool written = write_value(type.inner, (*items)[i], group);
    path_.pop_back();
    if (!written) return false;
  }
  out_ += ']';
  return true;
}

bool Executor::write_named(std::string_view type, const Value& value, const Group& group) {
  if (const Object* object = value.object(); object != nullptr && !schema_.is_leaf(type)) {
    std::vector<graphql::SelectionId> sets;
    sets.reserve(group.selections.size());
    for (const graphql::Selection* selection : group.selections) sets.push_back(selection->first_child);
    return write_object(*object, sets);
  }
  if (!schema_.is_leaf(type) || value.is_null()) {
    add_error(fmt::format("no value of type {}", type));
    return false;
  }
  write_leaf(value);
  return true;
}

void Executor::write_leaf(const Value& value) {
  if (value.is_null()) {
    out_ += "null";
  } else if (const std::string* text = value.text()) {
    json::append_string(out_, *text);
  } else if (const Number* number = value.number()) {
    out_ += number->text;
  } else if (const bool* truth = value.boolean()) {
    out_ += *truth ? "true" : "false";
  } else if (const List* items = value.list()) {
    out_ += '[';
    for (size_t i = 0; i < items->size(); ++i) {
      if (i > 0) out_ += ',';
      write_leaf((*items)[i]);
    }
    out_ += ']';
  } else {
    out_ += '{';
    for (const auto& [name, member] : value.object()->fields) {
      if (out_.back() != '{') out_ += ',';
      json::append_string(out_, name);
      out_ += ':';
      write_leaf(member);
    }
    out_ += '}';
  }
}

void Executor::collect(const Object& object, graphql::SelectionId first, Groups& groups) {
  for (auto [at, selection] : document_.each(first)) {
    if (!included(selection)) continue;
    if (selection.kind == SelectionKind::field) {
      const std::string_view key = selection.response_key();
      auto found = std::ranges::find(groups, key, &Group::key);
      if (found == groups.end()) found = groups.insert(groups.end(), {key, {}});
      found->selections.push_back(&document_[at]);
      continue;
    }
    const graphql::Fragment* fragment =
        selection.kind == SelectionKind::fragment_spread ? find_fragment(document_, selection.name) : nullptr;
    const std::string_view condition = fragment == nullptr ? selection.name : fragment->type_condition;
    if (!condition.empty() && !schema_.applies(condition, object.type)) continue;
    collect(object, fragment == nullptr ? selection.first_child : fragment->first_selection, groups);
  }
}

bool Executor::included(const graphql::Selection& selection) {
  for (auto [at, directive] : document_.each(selection.first_directive)) {
    const auto condition = coerce_condition(document_, directive.first_argument, variables_);
    if (!condition) {
      add_error(condition.error());
      return false;
    }
    if (*condition == (directive.name == "skip")) return false;
  }
  return true;
}

Resolved Executor::resolve(const Object& object, const graphql::Selection& selection) {
  auto arguments = coerce_arguments(schema_, document_, *schema_.field(object.type, selection.name),
                                    selection.first_argument, variables_);
  if (!arguments) return std::unexpected(arguments.error());
  if (object.type == "Query" && selection.name == "_entities") return resolve_entities(*arguments);
  if (object.type == "Query" && selection.name == "_service") {
    auto service = std::make_shared<Object>();
    service->type = "_Service";
    service->fields.emplace_back("sdl", definition_.sdl);
    return std::shared_ptr<const Object>(std::move(service));
  }
  const auto resolver = definition_.resolvers.find(object.type + "." + std::string(selection.name));
  if (resolver != definition_.resolvers.end()) return resolver->second(object, *arguments);
  const Value* value = object.find(selection.name);
  return value == nullptr ? Value() : *value;
}

Resolved Executor::resolve_entities(const Object& arguments) const {
  List entities;
  for (const Value& item : *arguments.find("representations")->list()) {
    const Object* representation = item.object();
    if (representation == nullptr) return std::unexpected("a representation is an object with __typename and a key");
    const std::string type(representation->text("__typename"));
    const auto found = definition_.entities.find(type);
    if (found == definition_.entities.end()) {
      return std::unexpected(fmt::format("subgraph {} has no entity \"{}\"", definition_.name, type));
    }
    entities.push_back(found->second(*representation));
  }
  return entities;
}

void Executor::add_error(std::string_view message) {
  if (!errors_.empty()) errors_ += ',';
  errors_ += R"({"message":)";
  json::append_string(errors_, message);
  errors_ += fmt::format(R"(,"path":[{}]}})", fmt::join(path_, ","));
}

}  // namespace signet::demo
