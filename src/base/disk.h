// Folders and names on the disk, with errors that say which and why. Errors of all: not_found, out_of_memory (the disk is
// full), io.
#pragma once
#include <filesystem>

namespace bantam {

void make_folder(const std::filesystem::path& folder);  // and those above it, where they are missing
void remove_whole(const std::filesystem::path& path);   // a folder with all in it; nothing there is fine
void rename_path(const std::filesystem::path& from, const std::filesystem::path& to);
void sync_whole(const std::filesystem::path& folder);  // with all in it

}  // namespace bantam
