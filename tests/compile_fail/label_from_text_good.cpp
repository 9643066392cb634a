// A label comes out of the table.
#include "telemetry/record/attributes.hpp"

using namespace signet::telemetry;

Label<LabelClass::subgraph> make(LabelTable& labels) {
  return labels.subgraph("a");
}
