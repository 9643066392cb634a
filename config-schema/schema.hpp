// A JSON Schema, Draft 7 subset, as structs: what the validator, the decoder's checks, explain and the reference share.
//
// Understood: type, properties, additionalProperties, propertyNames.format, required, items, minItems, maxItems, enum,
// format, minimum, maximum, minLength, oneOf, $ref to #/definitions, default, description; and the house's own
// x-signet-live, -secret, -later, -later-values, -minimum, -maximum (of durations and sizes),
// -optional-in-development. There is no `pattern`: formats are functions, see formats.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signet::config {

enum class SchemaType : uint8_t { any, object, array, string, integer, number, boolean };

struct SchemaProperty;

struct Schema {
  SchemaType type = SchemaType::any;
  std::string description;
  std::string default_json;  ///< empty: none
  bool live = false;         ///< also what it inherits from the object around it
  bool secret = false;
  bool later = false;  ///< part of the format, not supported by this version
  bool optional_in_development = false;

  std::vector<SchemaProperty> properties;
  std::vector<std::string> required;
  std::shared_ptr<const Schema> additional;  ///< of properties not named; null: there are none
  std::string name_format;                   ///< of the names of those

  std::shared_ptr<const Schema> items;
  uint32_t items_min = 0;
  uint32_t items_max = UINT32_MAX;

  std::vector<std::string> values;        ///< enum
  std::vector<std::string> later_values;  ///< values that a later version will know
  std::string format;
  uint32_t length_min = 0;
  int64_t minimum = 0;
  int64_t maximum = INT64_MAX;
  std::string unit_minimum;  ///< of durations and sizes, as written
  std::string unit_maximum;

  std::vector<Schema> one_of;            ///< alternatives that differ by the kind of value
  std::vector<std::string> one_of_keys;  ///< exactly one of these keys

  const Schema* find(std::string_view property) const;
};

struct SchemaProperty {
  std::string name;
  Schema schema;
};

/// Reads a schema of the house; one that is not well-formed is a bug and aborts.
Schema parse_schema(std::string_view json);

/// config-schema/signet.schema.json, parsed once.
const Schema& config_schema();
/// config-schema/admission.schema.json, parsed once.
const Schema& admission_schema();
/// config-schema/trust-root.schema.json, parsed once.
const Schema& trust_root_schema();

}  // namespace signet::config
