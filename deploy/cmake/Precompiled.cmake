# signet_precompile(<target> <header>): a precompiled header that ccache knows by what it is made of.
#
# A precompiled header holds the absolute paths of its tree, so that its bytes are never those of another tree's. Beside it
# lies what stands for them: the header's text, the compiler, and the packages that its includes come from. Where the
# packages are not known (not Debian), ccache looks at the bytes.

find_program(SIGNET_DPKG_QUERY dpkg-query)
set(SIGNET_PACKAGES "")
if(SIGNET_DPKG_QUERY)
  file(STRINGS "${CMAKE_SOURCE_DIR}/deploy/debian-packages.txt" lines REGEX "^[a-z]")
  execute_process(COMMAND "${SIGNET_DPKG_QUERY}" -W -f "\${Package} \${Version}\n" ${lines}
    OUTPUT_VARIABLE SIGNET_PACKAGES ERROR_QUIET)
endif()

function(signet_precompile target header)
  target_precompile_headers(${target} PRIVATE "<${header}>")
  if(NOT SIGNET_PACKAGES)
    return()
  endif()
  set(texts "")
  foreach(file IN ITEMS router/base/precompiled.hpp ${header})  # the first one is part of all others
    file(READ "${CMAKE_SOURCE_DIR}/${file}" text)
    string(APPEND texts "${text}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/${file}")
  endforeach()
  string(SHA256 sum "${CMAKE_CXX_COMPILER_VERSION}\n${SIGNET_PACKAGES}\n${texts}")
  file(WRITE "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir/cmake_pch.hxx.pch.sum" "${sum}\n")
endfunction()
