// Invariants: the one text of the corpus that was sealed for this place opens, to what was sealed; nothing else does,
// and no error holds a piece of the text.
#include <string_view>

#include "config-schema/sealed_value.hpp"
#include "router/base/check.hpp"

using namespace signet;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Made with another program; see SealedValue.OpensWhatAnotherProgramSealed.
  constexpr std::string_view kGood = "sealed:v1:AAECAwQFBgcICQoL0IiguxhfgNpJ47zDhSlt5PjoDQCflrQ9iL6PHQQ";
  static const crypto::SecretBytes master(as_bytes("q8Zr1vT4wLx0NcYb7JmKfHs2PdGe5UaX"));
  static const config::SealedPlace place{"shop", "production", "graph.source.cdn.token"};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto opened = config::open_sealed({&master, 1}, place, text);
  SIGNET_CHECK(opened.has_value() == (text == kGood));
  if (opened) {
    SIGNET_CHECK(config::looks_sealed(text) && as_text(opened->view()) == "hunter2-token");
  } else if (text.size() > 40) {
    SIGNET_CHECK(opened.error().find(text.substr(10)) == std::string::npos);
  }
  return 0;
}
