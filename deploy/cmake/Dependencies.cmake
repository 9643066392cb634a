# Third-party libraries: Debian 12 packages only (docs/adr/0002). Each is linked by the one room that may include it.

find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(fmt 9 REQUIRED)
find_package(simdjson 3.0 REQUIRED)
find_package(yaml-cpp 0.7 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(ZLIB REQUIRED)
find_library(SIGNET_RE2 re2 REQUIRED)
