#include "router/app/cpu_count.hpp"

#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <sched.h>

#include "router/app/files.hpp"

namespace signet::app {
namespace {

constexpr uint64_t kControlFileBytesMax = 64u << 10;

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return text;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  text = trim(text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The path of this process in the hierarchy of `controller` ("" for cgroup v2). Spec: cgroups(7)
std::string cgroup_path(const std::string& root, std::string_view controller) {
  const auto file = read_file(root + "/proc/self/cgroup", kControlFileBytesMax);
  if (!file) return "/";
  std::string_view rest = *file;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view names = line.substr(first + 1, second - first - 1);
    // Whole names: "cpu" is neither "cpuset" nor "cpuacct", and those may stand in lines of their own.
    const bool mine =
        controller.empty() ? names.empty() : fmt::format(",{},", names).contains(fmt::format(",{},", controller));
    if (mine) return std::string(line.substr(second + 1));
  }
  return "/";
}

// The quota of one folder of cgroup v2, in CPUs.
std::optional<double> quota_v2(const std::string& folder) {
  const auto file = read_file(folder + "/cpu.max", kControlFileBytesMax);
  if (!file) return std::nullopt;
  const size_t space = file->find(' ');
  if (space == std::string::npos) return std::nullopt;
  const auto quota = number(std::string_view(*file).substr(0, space));
  const auto period = number(std::string_view(*file).substr(space + 1));
  return quota && period && *quota > 0 && *period > 0 ? std::optional(*quota / *period) : std::nullopt;
}

// The quota of one folder of cgroup v1, in CPUs; -1 stands for none.
std::optional<double> quota_v1(const std::string& folder) {
  const auto quota_file = read_file(folder + "/cpu.cfs_quota_us", kControlFileBytesMax);
  const auto period_file = read_file(folder + "/cpu.cfs_period_us", kControlFileBytesMax);
  if (!quota_file || !period_file) return std::nullopt;
  const auto quota = number(*quota_file), period = number(*period_file);
  return quota && period && *quota > 0 && *period > 0 ? std::optional(*quota / *period) : std::nullopt;
}

// The least quota from the folder of this process up to the root of the hierarchy: each of them binds.
template <typename Quota>
std::optional<double> least(const std::string& hierarchy, std::string path, Quota quota) {
  std::optional<double> result;
  while (true) {
    if (path == "/") path.clear();
    const std::optional<double> here = quota(hierarchy + path);
    if (here && (!result || *here < *result)) result = here;
    if (path.empty()) return result;
    path.resize(path.rfind('/'));
  }
}

}  // namespace

CpuCount usable_cpus(const std::string& root) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  const unsigned allowed = sched_getaffinity(0, sizeof mask, &mask) == 0 ? static_cast<unsigned>(CPU_COUNT(&mask)) : 1;
  auto quota = least(root + "/sys/fs/cgroup", cgroup_path(root, ""), quota_v2);
  if (!quota) quota = least(root + "/sys/fs/cgroup/cpu", cgroup_path(root, "cpu"), quota_v1);
  if (quota && *quota < allowed) {
    return {std::max(1u, static_cast<unsigned>(std::ceil(*quota))), fmt::format("cgroup quota: {:.2f} CPU", *quota)};
  }
  return {std::max(1u, allowed), fmt::format("affinity mask: {} CPU", allowed)};
}

}  // namespace signet::app
