# signet_lay_out(TARGET): puts the code of a release in another order after linking (deploy/lib/lay-out). Other builds, a
# release that records a profile, and machines without the tool keep the linker's order.

function(signet_lay_out target)
  if(NOT CMAKE_BUILD_TYPE STREQUAL "Release" OR SIGNET_PROFILE_RECORD OR NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    return()
  endif()
  find_program(SIGNET_BOLT llvm-bolt-19)
  if(NOT SIGNET_BOLT)
    message(WARNING "llvm-bolt-19 is not installed: the release will be a few percent slower")
    return()
  endif()
  set(tool "${CMAKE_SOURCE_DIR}/deploy/lib/lay-out")
  set(profile "${CMAKE_SOURCE_DIR}/deploy/profile/layout.tar.xz")
  target_link_options(${target} PRIVATE -Wl,--emit-relocs)
  set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS "${tool}" "${profile}")
  add_custom_command(
    TARGET ${target} POST_BUILD
    COMMAND "${tool}" "$<TARGET_FILE:${target}>" "$<TARGET_FILE:${target}>-as-linked" "${profile}"
    COMMENT "Laying out ${target}"
    VERBATIM)
endfunction()
