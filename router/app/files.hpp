// Files as the process reads and writes them: whole, capped, and replaced in one step.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace signet::app {

/// Errors: the system's words or the cap, with the path.
std::expected<std::string, std::string> read_file(const std::string& path, uint64_t bytes_max);

/// Writes a new file beside `path`, flushes it to disk and renames it over `path` (mode 0600): a reader or a crash sees
/// the old file or the new one. The new file has a name of its own, `.{name}.signet-{6 characters}`, and goes when
/// anything fails; what crashes left of that kind in the folder, of this user and older than ten minutes, goes with it.
/// Errors: the system's words, with the path.
std::expected<void, std::string> replace_file(const std::string& path, std::string_view bytes);

/// The same for a file of somebody else's: a link is followed, and mode and owner stay. Errors: also an owner that
/// cannot be kept.
std::expected<void, std::string> rewrite_file(const std::string& path, std::string_view bytes);

/// Whether files can be made in `folder`. Errors: the system's words, with the folder.
std::expected<void, std::string> check_writable(const std::string& folder);

/// Writes all of `bytes` to a descriptor. False: errno says why, and some may be written.
bool write_all(int descriptor, std::string_view bytes);

/// Flushes to disk which files the folder of `path` holds.
void sync_folder_of(const std::string& path);

/// Whether the file at `path` is the one that is open as `descriptor`: nobody has put another in its place.
bool is_still_at(const std::string& path, int descriptor);

}  // namespace signet::app
