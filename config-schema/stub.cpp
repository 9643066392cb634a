#include "config-schema/load.hpp"
#include "config-schema/admission_policy.hpp"
namespace signet::config {
std::string render(const Diagnostic& d) { return d.message; }
std::string render_json(const std::vector<Diagnostic>&) { return "[]"; }
SubstitutionSources process_substitution_sources() { return {}; }
std::expected<Loaded, std::vector<Diagnostic>> load(const std::vector<SourceFile>&, const SubstitutionSources&, const LoadOptions&) {
  Loaded l; l.config.introspection = true; l.config.access_log = AccessLog::off;
  auto& m = l.config.limits;
  for (Limit* x : {&m.depth,&m.height,&m.aliases,&m.root_fields,&m.directives,&m.directives_per_location,&m.tokens,&m.recursion,&m.fields,&m.document,&m.expanded_selections,&m.operation_name}) x->mode = LimitMode::measure;
  return l; }
std::string_view schema_text() { return "{}"; }
std::expected<AdmissionPolicyFile, std::vector<Diagnostic>> load_admission_policy(const SourceFile&, const SubstitutionSources&) { return AdmissionPolicyFile{}; }
}
