#include "config-schema/reseal.hpp"

#include <optional>
#include <span>

#include "config-schema/findings.hpp"
#include "config-schema/layers.hpp"
#include "config-schema/sealed_value.hpp"
#include "config-schema/substitution.hpp"
#include "config-schema/unsealing.hpp"

namespace signet::config {
namespace {

// Graph and environment of all layers together; each value's key is filled in later.
SealedPlace place_of(const std::vector<YamlNode>& layers, const std::vector<SourceFile>& files,
                     const SubstitutionSources& sources) {
  YamlNode whole = layers.front();
  for (size_t i = 1; i < layers.size(); ++i) merge_layer(whole, layers[i]);
  Findings of_no_interest(files);
  substitute(whole, sources, of_no_interest);
  return place_in(whole);
}

size_t offset_of_line(std::string_view text, uint32_t line) {
  size_t at = 0;
  for (uint32_t n = 1; n < line && at < text.size(); ++n) at = std::min(text.find('\n', at), text.size()) + 1;
  return at;
}

// Sealed texts are as good as random, so that the first one like it on its line is it.
bool replace_on_line(std::string& text, uint32_t line, std::string_view before, std::string_view after) {
  const size_t begin = offset_of_line(text, line);
  const size_t end = std::min(text.find('\n', begin), text.size());
  const size_t at = text.find(before, begin);
  if (at == std::string::npos || at + before.size() > end) return false;
  text.replace(at, before.size(), after);
  return true;
}

}  // namespace

std::expected<Resealed, std::vector<Diagnostic>> reseal(const std::vector<SourceFile>& files,
                                                        const SubstitutionSources& sources,
                                                        const crypto::SecretBytes& from,
                                                        const crypto::SecretBytes& to) {
  Findings findings(files);
  std::vector<YamlNode> layers;
  for (size_t i = 0; i < files.size(); ++i) {
    if (auto layer = parse_yaml(files[i], static_cast<uint32_t>(i), findings)) layers.push_back(std::move(*layer));
  }
  if (findings.failed() || layers.empty()) return std::unexpected(findings.take_errors());
  SealedPlace place = place_of(layers, files, sources);
  Resealed out{.files = files};
  for (size_t i = 0; i < layers.size(); ++i) {
    for_each_sealed(layers[i], [&](const YamlNode& node, const std::string& path) {
      findings.hide(node);
      place.key = path;
      if (open_sealed(std::span(&to, 1), place, node.text)) return;
      const auto value = open_sealed(std::span(&from, 1), place, node.text);
      if (!value) return findings.error(node.place, path, "the value " + value.error());
      const auto fresh = seal(to, place, as_text(value->view()));
      if (!fresh) return findings.error(node.place, path, fresh.error());
      if (!replace_on_line(out.files[i].text, node.place.line, node.text, *fresh)) {
        return findings.error(node.place, path, "write the sealed value on the line of its key");
      }
      ++out.values;
    });
  }
  if (findings.failed()) return std::unexpected(findings.take_errors());
  return out;
}

}  // namespace signet::config
