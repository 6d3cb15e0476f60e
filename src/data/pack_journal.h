// What packing needs to go on after it was killed: journal.json in the staging folder, written whenever shards are
// whole. At that moment no shard is half full: all open ones end together (pack.cpp), so that whole shards and a place
// in the sources are all there is to know.
//
// Law: going on gives the bytes that an uninterrupted run gives. So the journal names everything that they depend on
// (`identity`: options, tokenizer, size and time of each file), and shards are held against their SHA-256 first. A
// journal that does not fit is as none.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/manifest.h"
#include "data/source_reader.h"

namespace bantam {

struct PackOptions;

struct PackJournal {
  PackManifest manifest;  // whole shards; sources up to the one under way, whose last file is under way
  uint64_t source = 0, file = 0, units = 0;  // units of that file which are packed; of .npy files, tokens
  std::vector<std::string> complaints;
  uint64_t skipped_bytes = 0;  // of skipped.txt
};

// Empty where packing cannot go on: what comes through standard input or a pipe is not there a second time.
std::string pack_identity(const PackOptions& options, const std::vector<std::vector<SourceFile>>& files);

void write_journal(const std::filesystem::path& staging, const std::string& identity,
                   const PackJournal& journal);

// Removes from the staging folder all but what the journal names; without a journal that fits, everything.
std::optional<PackJournal> take_up_journal(const std::filesystem::path& staging, const std::string& identity);

bool journal_exists(const std::filesystem::path& staging);
void remove_journal(const std::filesystem::path& staging);

}  // namespace bantam
