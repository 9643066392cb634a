#include "telemetry/record/attributes.hpp"

namespace signet::telemetry {
namespace {

constexpr auto kAttributes = std::to_array<AttributeInfo>({
#define SIGNET_LABEL(name, key, label_class) {key, true, LabelClass::label_class, 0, 0},
#define SIGNET_NUMBER(name, key, min, max) {key, false, LabelClass::method, min, max},
#include "telemetry/record/attributes.def"
#undef SIGNET_LABEL
#undef SIGNET_NUMBER
});

}  // namespace

const AttributeInfo& info(AttributeKey key) {
  return kAttributes.at(static_cast<size_t>(key));
}
size_t attribute_count() {
  return kAttributes.size();
}

bool conforms(const Attribute& attribute, const LabelTable& labels) {
  if (static_cast<size_t>(attribute.key) >= kAttributes.size()) return false;
  const AttributeInfo& rule = info(attribute.key);
  if (!rule.is_label) return attribute.value >= rule.min && attribute.value <= rule.max;
  std::string_view text;
  return attribute.value > 0 && attribute.value <= UINT32_MAX &&
         labels.text_of(static_cast<uint32_t>(attribute.value), rule.label_class, text);
}

}  // namespace signet::telemetry
