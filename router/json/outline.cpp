#include "router/json/outline.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "router/json/writer.hpp"

namespace signet::json {

namespace {

void append_word(std::string& out, std::string_view text) {
  const bool plain = !text.empty() && std::ranges::none_of(text, [](char c) {
    return c == ' ' || c == ',' || c == '"' || static_cast<unsigned char>(c) < 0x20;
  });
  if (plain) {
    out += text;
  } else {
    append_string(out, text);
  }
}

}  // namespace

/// Writes an outline as JSON.
class OutlineJson {
 public:
  explicit OutlineJson(std::string& out) : writer_(out) {}

  void write(const Outline& outline) {
    writer_.begin_object();
    writer_.key("kind").value(outline.kind_);
    for (const auto& [name, value] : outline.facts_) {
      writer_.key(name);
      write(value);
    }
    if (!outline.children_.empty()) {
      writer_.key("children").begin_array();
      for (const Outline& child : outline.children_) write(child);
      writer_.end_array();
    }
    writer_.end_object();
  }

 private:
  void write(const Outline::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      writer_.value(*text);
    } else if (const auto* number = std::get_if<uint64_t>(&value)) {
      writer_.value(*number);
    } else {
      writer_.begin_array();
      for (const std::string& each : std::get<std::vector<std::string>>(value)) writer_.value(each);
      writer_.end_array();
    }
  }

  Writer writer_;
};

std::string Outline::print_text() const {
  std::string out;
  append_text(out, 0);
  return out;
}

std::string Outline::print_json() const {
  std::string out;
  OutlineJson(out).write(*this);
  return out;
}

void Outline::append_text(std::string& out, size_t indent) const {
  out.append(indent, ' ');
  out += kind_;
  for (const auto& [name, value] : facts_) {
    const auto* texts = std::get_if<std::vector<std::string>>(&value);
    if (texts != nullptr && texts->empty()) continue;
    out += fmt::format(" {}=", name);
    if (const auto* text = std::get_if<std::string>(&value)) {
      append_word(out, *text);
    } else if (const auto* number = std::get_if<uint64_t>(&value)) {
      out += std::to_string(*number);
    } else {
      for (size_t i = 0; i < texts->size(); ++i) {
        if (i > 0) out += ',';
        append_word(out, (*texts)[i]);
      }
    }
  }
  out += '\n';
  for (const Outline& child : children_) child.append_text(out, indent + 1);
}

}  // namespace signet::json
