# Shared by the scripts in deploy/: messages, the system's packages, builds. Sourced, never run.
#
# Packages come from apt, once, and only those that are missing: with everything installed no script needs the network
# or root. While packages are installed, policy-rc.d keeps their services from starting.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
packages_file="$root/deploy/debian-packages.txt"

say() { printf '==> %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }
# die MESSAGE [EXIT_CODE]
die() {
  printf 'error: %s\n' "$1" >&2
  exit "${2:-3}"
}

# The packages of one section of debian-packages.txt.
packages_of() {
  awk -v section="[$1]" '/^\[/ { inside = ($1 == section); next } inside && NF && $1 !~ /^#/ { print $1 }' \
    "$packages_file"
}

is_debian_12() {
  [ -r /etc/os-release ] && (
    . /etc/os-release
    [ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ]
  )
}

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Node 18 or newer with npm, wherever it comes from.
has_node() {
  command -v npm >/dev/null && command -v node >/dev/null &&
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)' 2>/dev/null
}

# What of the given sections is not installed, one a line.
missing_packages() {
  local section package
  for section in "$@"; do
    if [ "$section" = counterparts ] && has_node; then continue; fi
    for package in $(packages_of "$section"); do
      is_installed "$package" || printf '%s\n' "$package"
    done
  done
}

# Sets as_root to the prefix of commands that need root.
find_root() {
  if [ "$(id -u)" = 0 ]; then
    as_root=()
  elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=(sudo)
  else
    die "these packages are missing: $*; run this once as root, or with sudo, to install them"
  fi
}

policy_file=/usr/sbin/policy-rc.d
policy_saved=""

deny_services() {
  if [ -e "$policy_file" ]; then
    policy_saved="$policy_file.before-signet"
    "${as_root[@]}" mv "$policy_file" "$policy_saved"
  fi
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy_file" >/dev/null
  "${as_root[@]}" chmod 755 "$policy_file"
}

allow_services() {
  "${as_root[@]}" rm -f "$policy_file"
  if [ -n "$policy_saved" ]; then "${as_root[@]}" mv "$policy_saved" "$policy_file"; fi
  policy_saved=""
}

# Outside Debian 12 nothing is installed: what the build calls must be there.
check_tools() {
  local tool missing=()
  for tool in clang++-19 cmake ninja; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  if [ "${#missing[@]}" -gt 0 ]; then
    die "this is not Debian 12, so nothing is installed; missing: ${missing[*]}; see deploy/debian-packages.txt"
  fi
  warn "this is not Debian 12: using the tools that are there; the libraries must be those of deploy/debian-packages.txt"
}

# install_packages SECTION...: makes sure that the packages of these sections are there.
install_packages() {
  if ! is_debian_12 || ! command -v dpkg-query >/dev/null; then
    check_tools
    return
  fi
  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [ "${#missing[@]}" = 0 ]; then
    say "packages: all there"
    return
  fi
  find_root "${missing[*]}"
  say "packages: installing ${missing[*]}"
  local log
  log="$(mktemp)"
  trap allow_services EXIT
  deny_services
  if ! "${as_root[@]}" apt-get update >"$log" 2>&1 ||
    ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" \
      >>"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    die "apt-get could not install ${missing[*]}; without network, install them beforehand from your mirror"
  fi
  rm -f "$log"
  allow_services
  trap - EXIT
}

# build PRESET TARGET...: configures and builds, with as many jobs as there are cores.
build() {
  local preset="$1"
  shift
  say "build: $preset ($(nproc) jobs)"
  (cd "$root" && cmake --preset "$preset" >"$root/build/configure-$preset.log" 2>&1) || {
    tail -n 20 "$root/build/configure-$preset.log" >&2
    die "cmake --preset $preset failed; the log is build/configure-$preset.log" 1
  }
  (cd "$root" && cmake --build --preset "$preset" -j "$(nproc)" --target "$@") || die "the build failed" 1
}
