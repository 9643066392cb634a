# Writes OUTPUT, a C++ file that holds the schemas: cmake -DSOURCE=DIR -DOUTPUT=FILE -P EmbedSchemas.cmake

file(READ "${SOURCE}/signet.schema.json" router_schema)
file(READ "${SOURCE}/admission.schema.json" admission_schema)
file(READ "${SOURCE}/trust-root.schema.json" trust_root_schema)
file(WRITE "${OUTPUT}" "// Written by EmbedSchemas.cmake from the .schema.json files.
#include \"config-schema/embedded_schemas.hpp\"

namespace signet::config {

std::string_view schema_text() {
  return R\"signet(${router_schema})signet\";
}

std::string_view admission_schema_text() {
  return R\"signet(${admission_schema})signet\";
}

std::string_view trust_root_schema_text() {
  return R\"signet(${trust_root_schema})signet\";
}

}  // namespace signet::config
")
