// A label comes out of the table.
#include "telemetry/record/attributes.hpp"

using namespace signet::telemetry;

void set(AttributeSet& set, LabelTable& labels) {
  set.subgraph_name(labels.subgraph("a"));
}
