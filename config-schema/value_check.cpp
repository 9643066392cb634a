#include "config-schema/value_check.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "config-schema/findings.hpp"
#include "config-schema/formats.hpp"
#include "router/base/units.hpp"

namespace signet::config {
namespace {

using Check = std::expected<void, std::string>;

// The offending value at the front of a message.
std::string subject(const Schema& schema, const YamlNode& scalar) {
  if (schema.secret) return "the value";
  return scalar.substituted() ? fmt::format("the value of {}", quote(scalar)) : quote(scalar);
}

Check check_enum(const Schema& schema, const YamlNode& scalar) {
  if (std::ranges::find(schema.values, scalar.text) != schema.values.end()) return {};
  const bool later = std::ranges::find(schema.later_values, scalar.text) != schema.later_values.end();
  const std::string_view what = later ? "is not supported by this version of signet" : "is not allowed";
  return std::unexpected(fmt::format("{} {}; write {}", subject(schema, scalar), what, expected_form(schema)));
}

// `True` and `"true"` are refused so that one value has one spelling; what a substitution brought in is plain text.
Check check_boolean(const Schema& schema, const YamlNode& scalar) {
  const bool spelled = scalar.text == "true" || scalar.text == "false";
  if (spelled && (!scalar.quoted || scalar.substituted())) return {};
  if (spelled) {
    return std::unexpected(fmt::format("{} in quotes is text; write true or false without them", quote(scalar)));
  }
  return std::unexpected(fmt::format("{} is not a boolean; write true or false", subject(schema, scalar)));
}

Check check_integer(const Schema& schema, const YamlNode& scalar) {
  const auto number = parse_whole_number(scalar.text);
  if (!number) return std::unexpected(fmt::format("{} {}", subject(schema, scalar), number.error()));
  if (*number < static_cast<uint64_t>(schema.minimum) || *number > static_cast<uint64_t>(schema.maximum)) {
    return std::unexpected(fmt::format("{} is out of range; write {}", subject(schema, scalar), expected_form(schema)));
  }
  return {};
}

// Units: milliseconds or bytes. Only for texts that check_format() has accepted.
uint64_t in_units(std::string_view format, std::string_view text) {
  if (format == "duration") {
    return static_cast<uint64_t>(parse_duration(text).value_or(std::chrono::milliseconds(0)).count());
  }
  return parse_size(text).value_or(0);
}

Check check_bounds(const Schema& schema, const YamlNode& scalar) {
  const uint64_t value = in_units(schema.format, scalar.text);
  if (!schema.unit_minimum.empty() && value < in_units(schema.format, schema.unit_minimum)) {
    return std::unexpected(
        fmt::format("{} is too small; the least is {}", subject(schema, scalar), schema.unit_minimum));
  }
  if (!schema.unit_maximum.empty() && value > in_units(schema.format, schema.unit_maximum)) {
    return std::unexpected(
        fmt::format("{} is too large; the most is {}", subject(schema, scalar), schema.unit_maximum));
  }
  return {};
}

Check check_text(const Schema& schema, const YamlNode& scalar) {
  if (scalar.text.size() < schema.length_min) {
    return std::unexpected(fmt::format("{} is empty", subject(schema, scalar)));
  }
  if (schema.format.empty()) return {};
  if (auto good = check_format(schema.format, scalar.text); !good) {
    // A format's own sentence may hold a part of the value.
    if (scalar.substituted() || schema.secret) {
      return std::unexpected(fmt::format("{} does not fit; write {}", subject(schema, scalar), expected_form(schema)));
    }
    // An endpoint's or URL's own sentence follows a colon; others go on from the value.
    const bool goes_on =
        good.error().starts_with("is ") || good.error().starts_with("has ") || good.error().starts_with("holds ");
    return std::unexpected(fmt::format("{}{} {}", subject(schema, scalar), goes_on ? "" : ":", good.error()));
  }
  return check_bounds(schema, scalar);
}

bool is_scalar_schema(const Schema& schema) {
  return schema.type != SchemaType::object && schema.type != SchemaType::array;
}

// Judged by the alternative it comes closest to: a fixed word if it is one, else the typed alternative.
Check check_alternatives(const Schema& schema, const YamlNode& scalar) {
  for (const Schema& alternative : schema.one_of) {
    if (is_scalar_schema(alternative) && check_scalar(alternative, scalar)) return {};
  }
  for (const Schema& alternative : schema.one_of) {
    if (!is_scalar_schema(alternative) || !alternative.values.empty()) continue;
    auto why = check_scalar(alternative, scalar);
    return std::unexpected(fmt::format("{}; allowed: {}", why.error(), expected_form(schema)));
  }
  return std::unexpected(fmt::format("{} is not allowed; write {}", subject(schema, scalar), expected_form(schema)));
}

std::string bounds_text(const Schema& schema) {
  if (!schema.unit_minimum.empty() && !schema.unit_maximum.empty()) {
    return fmt::format(", {} to {}", schema.unit_minimum, schema.unit_maximum);
  }
  if (!schema.unit_minimum.empty()) return fmt::format(", at least {}", schema.unit_minimum);
  return schema.unit_maximum.empty() ? "" : fmt::format(", at most {}", schema.unit_maximum);
}

}  // namespace

std::expected<void, std::string> check_scalar(const Schema& schema, const YamlNode& scalar) {
  if (!schema.one_of.empty()) return check_alternatives(schema, scalar);
  if (!schema.values.empty()) return check_enum(schema, scalar);
  switch (schema.type) {
    case SchemaType::boolean:
      return check_boolean(schema, scalar);
    case SchemaType::integer:
      return check_integer(schema, scalar);
    case SchemaType::object:
    case SchemaType::array:
      return std::unexpected(fmt::format("{} stands where {} belongs", subject(schema, scalar), expected_form(schema)));
    default:
      return check_text(schema, scalar);
  }
}

std::string expected_form(const Schema& schema) {
  if (!schema.one_of.empty()) {
    std::vector<std::string> forms;
    forms.reserve(schema.one_of.size());
    for (const Schema& alternative : schema.one_of) forms.push_back(expected_form(alternative));
    return fmt::format("{}", fmt::join(forms, ", or "));
  }
  if (schema.values.size() == 1) return schema.values.front();
  if (!schema.values.empty()) return fmt::format("one of {}", fmt::join(schema.values, ", "));
  switch (schema.type) {
    case SchemaType::object: {
      std::vector<std::string_view> keys;
      for (const SchemaProperty& property : schema.properties) {
        if (!property.schema.later) keys.push_back(property.name);
      }
      return fmt::format("a map {{{}{}}}", fmt::join(keys, ", "), schema.additional ? ", …" : "");
    }
    case SchemaType::array:
      return schema.items ? fmt::format("a list, each item {}", expected_form(*schema.items)) : "a list";
    case SchemaType::boolean:
      return "true or false";
    case SchemaType::integer:
      if (schema.minimum == schema.maximum) return std::to_string(schema.minimum);
      return fmt::format("a whole number from {} to {}", schema.minimum, schema.maximum);
    default:
      return schema.format.empty() ? "text" : fmt::format("{}{}", format_hint(schema.format), bounds_text(schema));
  }
}

}  // namespace signet::config
