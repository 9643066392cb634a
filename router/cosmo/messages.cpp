#include "router/cosmo/messages.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/base/utf8.hpp"

namespace signet::cosmo {
namespace {

using json::Kind;
using json::NodeId;

constexpr size_t kErrorBytesMax = 1000;
constexpr size_t kProblemsMax = 100;

std::string snake_case(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper) out += '_';
    out += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

/// Absent, or what a writer leaves out as well.
bool is_default(const json::Document& document, NodeId node) {
  switch (document.kind(node)) {
    case Kind::null:
      return true;
    case Kind::boolean:
      return !document.boolean(node);
    case Kind::number:
      return document.raw(node) == "0";
    case Kind::string:
      return document.string_equals(node, "");
    case Kind::array:
    case Kind::object:
      return document.size(node) == 0;
  }
  return false;
}

}  // namespace

void Problems::add(std::string path, std::string message) {
  if (found_.size() < kProblemsMax)
    found_.push_back({shortened(std::move(path), kErrorBytesMax), shortened(std::move(message), kErrorBytesMax)});
}

std::string member_path(std::string_view parent, std::string_view name) {
  return parent.empty() ? std::string(name) : fmt::format("{}.{}", parent, name);
}

NodeId MessageReader::member(NodeId message, std::string_view name, std::string_view path) const {
  if (!message.valid()) return {};
  NodeId found = document_->find(message, name);
  if (const std::string other = snake_case(name); other != name) {
    const NodeId second = document_->find(message, other);
    if (second.valid() && found.valid()) {
      problems_->add(member_path(path, name), fmt::format("is given twice: the other time as {}", other));
    }
    if (!found.valid()) found = second;
  }
  return found.valid() && document_->is_null(found) ? NodeId() : found;
}

bool MessageReader::is_message(NodeId node, const std::string& path) const {
  if (document_->kind(node) == Kind::object) return true;
  problems_->add(path, "is not an object");
  return false;
}

NodeId MessageReader::message(NodeId message, std::string_view name, std::string_view path) const {
  const NodeId node = member(message, name, path);
  return node.valid() && is_message(node, member_path(path, name)) ? node : NodeId();
}

std::string MessageReader::text(NodeId message, std::string_view name, std::string_view path) const {
  const NodeId node = member(message, name, path);
  if (!node.valid()) return {};
  if (document_->kind(node) == Kind::string) return document_->string(node);
  problems_->add(member_path(path, name), "is not a string");
  return {};
}

bool MessageReader::boolean(NodeId message, std::string_view name, std::string_view path) const {
  const NodeId node = member(message, name, path);
  if (!node.valid()) return false;
  if (document_->kind(node) == Kind::boolean) return document_->boolean(node);
  problems_->add(member_path(path, name), "is neither true nor false");
  return false;
}

std::optional<size_t> MessageReader::enumeration(NodeId message, std::string_view name, std::string_view path,
                                                 std::initializer_list<std::string_view> names) const {
  const NodeId node = member(message, name, path);
  if (!node.valid()) return 0;
  if (document_->kind(node) == Kind::number) {
    const auto number = document_->integer(node);
    if (number && *number >= 0 && static_cast<size_t>(*number) < names.size()) return static_cast<size_t>(*number);
  } else if (document_->kind(node) == Kind::string) {
    const auto known = std::ranges::find_if(names, [&](auto each) { return document_->string_equals(node, each); });
    if (known != names.end()) return static_cast<size_t>(known - names.begin());
  }
  problems_->add(member_path(path, name),
                 fmt::format("is {}, which is not known here", document_->raw(node).substr(0, 64)));
  return std::nullopt;
}

NodeId MessageReader::list_of(NodeId message, std::string_view name, std::string_view path) const {
  const NodeId node = member(message, name, path);
  if (!node.valid() || document_->kind(node) == Kind::array) return node;
  problems_->add(member_path(path, name), "is not an array");
  return {};
}

std::string MessageReader::item_path(std::string_view path, std::string_view name, size_t index) {
  return fmt::format("{}[{}]", member_path(path, name), index);
}

std::vector<std::string> MessageReader::texts(NodeId message, std::string_view name, std::string_view path) const {
  std::vector<std::string> out;
  const NodeId list = list_of(message, name, path);
  if (!list.valid()) return out;
  for (const NodeId item : document_->items(list)) {
    if (document_->kind(item) == Kind::string) {
      out.push_back(document_->string(item));
    } else {
      problems_->add(item_path(path, name, out.size()), "is not a string");
    }
  }
  return out;
}

bool MessageReader::has_content(NodeId message, std::string_view name, std::string_view path) const {
  const NodeId node = member(message, name, path);
  if (!node.valid()) return false;
  if (document_->kind(node) != Kind::object) return !is_default(*document_, node);
  for (const auto& [key, value] : document_->members(node)) {
    if (!is_default(*document_, value)) return true;
  }
  return false;
}

std::string constant(const MessageReader& reader, NodeId message, std::string_view name, std::string_view path) {
  const NodeId variable = reader.message(message, name, path);
  if (!variable.valid()) return {};
  const std::string at = member_path(path, name);
  const auto kind = reader.enumeration(
      variable, "kind", at,
      {"STATIC_CONFIGURATION_VARIABLE", "ENV_CONFIGURATION_VARIABLE", "PLACEHOLDER_CONFIGURATION_VARIABLE"});
  if (kind == 0) return reader.text(variable, "staticVariableContent", at);
  if (kind) {
    reader.problems().add(at, fmt::format("is a variable of kind {}, which is not supported: only constants are",
                                          *kind == 1 ? "ENV" : "PLACEHOLDER"));
  }
  return {};
}

}  // namespace signet::cosmo
