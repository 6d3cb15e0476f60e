#include "formats/tar.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "base/error.h"
#include "temporary_folder.h"

namespace bantam {
namespace {

// What tar itself makes of an archive: the names and sizes that it lists, and the bytes that it takes out.
std::string said(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  char buffer[4096];
  while (const size_t count = fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, count);
  EXPECT_EQ(pclose(pipe), 0) << command;
  return text;
}

TEST(Tar, IsWhatTarReads) {
  const TemporaryFolder folder;
  const std::string whole(512, 'x'), more(513, 'y'), name(100, 'n');
  const auto path = folder.write(
      "a.tar", tar_archive({{"folder/empty", ""}, {"whole", whole}, {name, more}}, 1'700'000'000));
  EXPECT_EQ(said("tar -tf " + path.string()), "folder/empty\nwhole\n" + name + "\n");
  EXPECT_EQ(said("tar -xOf " + path.string() + " whole"), whole);
  EXPECT_EQ(said("tar -xOf " + path.string() + " " + name), more);
  EXPECT_EQ(said("TZ=UTC tar -tvf " + path.string() +
                 " whole --full-time | grep -c 'rw------- 0/0.*512 2023-11-14 22:13:20'"),
            "1\n");
  EXPECT_EQ(tar_archive({}, 0).size(), 1024u);
}

TEST(Tar, ALongNameIsRefused) {
  EXPECT_THROW(tar_archive({{std::string(101, 'n'), ""}}, 0), Error);
  EXPECT_THROW(tar_archive({{"", ""}}, 0), Error);
}

}  // namespace
}  // namespace bantam
