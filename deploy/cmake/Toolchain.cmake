# Compiler, language level, warnings, hardening, compiler cache and linker.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR
    "GCC ${CMAKE_CXX_COMPILER_VERSION} miscompiles common coroutine spellings (docs/adr/0001). "
    "Use clang-19: cmake --preset dev")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")

# Dev: fast to compile, symbols for backtraces, assertions on. Release: what ships.
set(CMAKE_CXX_FLAGS_DEV "-O1 -gline-tables-only -D_GLIBCXX_ASSERTIONS -DSIGNET_CHECKED=1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -D_GLIBCXX_ASSERTIONS -gline-tables-only")

add_compile_options(
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
  -Wno-missing-designated-field-initializers -Wextra-semi -Wunused -Wformat=2 -Werror
  -fPIE -fno-omit-frame-pointer -fstack-protector-strong)
add_link_options(-pie)

if(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-clash-protection -fcf-protection=full
    -ftrivial-auto-var-init=zero)
  add_link_options(-Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)

  # Rooms are optimised together, by the linker that ships with the compiler (docs/adr/0010).
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  add_link_options("-Wl,--thinlto-cache-dir=${CMAKE_BINARY_DIR}/lto-cache")

  # Optimised for what the router does most, as tests/bench/profile has recorded it; what has changed since is compiled as
  # if nothing were known.
  set(SIGNET_PROFILE_RECORD "" CACHE PATH "Build a release that records a profile into this folder")
  set(profile "${CMAKE_SOURCE_DIR}/deploy/profile/release.profdata")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${profile}")
  file(SHA256 "${profile}" profile_digest)
  string(SUBSTRING "${profile_digest}" 0 16 profile_digest)  # another profile is another command line
  include(CheckCXXCompilerFlag)
  check_cxx_compiler_flag("-fprofile-use=${profile}" SIGNET_READS_PROFILE_${profile_digest})
  if(SIGNET_PROFILE_RECORD)
    add_compile_options("-fprofile-generate=${SIGNET_PROFILE_RECORD}" -fprofile-update=atomic)
    add_link_options("-fprofile-generate=${SIGNET_PROFILE_RECORD}")
  elseif(SIGNET_READS_PROFILE_${profile_digest})
    add_compile_options("-fprofile-use=${profile}" -DSIGNET_PROFILE=${profile_digest} -Wno-profile-instr-out-of-date -Wno-profile-instr-unprofiled -Wno-backend-plugin)
  else()
    message(WARNING "this compiler cannot read deploy/profile/release.profdata: the release will be about a tenth slower")
  endif()
endif()

# Asio allocates coroutine frames with aligned_alloc(), for which glibc leaves its quick ways, though none needs more than
# the alignment that every allocation has.
add_compile_definitions(BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC BOOST_ASIO_DISABLE_BOOST_ALIGN)

if(SIGNET_SANITIZE)
  add_compile_options(-fsanitize=${SIGNET_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SIGNET_SANITIZE})
endif()
if(SIGNET_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)  # coverage feedback from the rooms, not only from the target's file
endif()
if(SIGNET_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()

find_program(SIGNET_CCACHE ccache)
if(SIGNET_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_SOURCE_DIR}/deploy/lib/compile" "${CMAKE_SOURCE_DIR}")
endif()
# A precompiled header must not change with its time stamp, or nothing that uses it is ever found in the cache.
add_compile_options("SHELL:-Xclang -fno-pch-timestamp")

find_program(SIGNET_MOLD mold)
if(SIGNET_MOLD AND NOT CMAKE_INTERPROCEDURAL_OPTIMIZATION)
  add_link_options(-fuse-ld=mold)
else()
  add_link_options(-fuse-ld=lld-19)
endif()
