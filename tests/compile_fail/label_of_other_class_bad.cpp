// Misuse: telemetry takes no text from elsewhere.
#include "telemetry/record/attributes.hpp"

using namespace signet::telemetry;

void set(AttributeSet& set, LabelTable& labels) {
  set.subgraph_name(labels.method("GET"));
}
