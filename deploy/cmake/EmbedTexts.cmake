# signet_embed_texts(): text files as string constants of the program.
#
# signet_embed_texts(<out.cpp> HEADER <header> NAMESPACE <namespace> (<constant> <file>)...) writes <out.cpp> into the
# binary folder; <header> declares each `extern const std::string_view <constant>`. Run as a script, the same file
# does the writing at build time, so that a changed text rebuilds one object.

if(CMAKE_SCRIPT_MODE_FILE)
  set(delimiter "signet_text")
  set(code "// Written by deploy/cmake/EmbedTexts.cmake.\n#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\n\n")
  string(REPLACE "|" ";" pairs "${PAIRS}")
  while(pairs)
    list(POP_FRONT pairs constant file)
    file(READ "${file}" text)
    if(text MATCHES "\\)${delimiter}\"")
      message(FATAL_ERROR "${file} contains )${delimiter}\", which ends the string that holds it")
    endif()
    string(APPEND code "const std::string_view ${constant} = R\"${delimiter}(${text})${delimiter}\";\n\n")
  endwhile()
  string(APPEND code "}  // namespace ${NAMESPACE}\n")
  file(WRITE "${OUT}" "${code}")
  return()
endif()

function(signet_embed_texts out)
  cmake_parse_arguments(ARG "" "HEADER;NAMESPACE" "" ${ARGN})
  set(pairs "")
  set(files "")
  set(rest "${ARG_UNPARSED_ARGUMENTS}")
  while(rest)
    list(POP_FRONT rest constant file)
    list(APPEND pairs "${constant}" "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
    list(APPEND files "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
  endwhile()
  list(JOIN pairs "|" pairs)
  set(script "${CMAKE_SOURCE_DIR}/deploy/cmake/EmbedTexts.cmake")
  add_custom_command(
    OUTPUT "${CMAKE_CURRENT_BINARY_DIR}/${out}"
    COMMAND "${CMAKE_COMMAND}" "-DOUT=${CMAKE_CURRENT_BINARY_DIR}/${out}" "-DHEADER=${ARG_HEADER}"
            "-DNAMESPACE=${ARG_NAMESPACE}" "-DPAIRS=${pairs}" -P "${script}"
    DEPENDS ${files} "${script}"
    COMMENT "Embedding texts: ${out}"
    VERBATIM)
endfunction()
