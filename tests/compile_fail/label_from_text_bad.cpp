// Misuse: telemetry takes no text from elsewhere.
#include "telemetry/record/attributes.hpp"

using namespace signet::telemetry;

Label<LabelClass::subgraph> make(LabelTable&) {
  return Label<LabelClass::subgraph>(42u);
}
