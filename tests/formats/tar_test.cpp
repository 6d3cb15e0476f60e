#include "formats/tar.h"

#include <gtest/gtest.h>


#include "base/error.h"
#include "output_of.h"
#include "temporary_folder.h"

namespace bantam {
namespace {

TEST(Tar, IsWhatTarReads) {
  const TemporaryFolder folder;
  const std::string whole(512, 'x'), more(513, 'y'), name(100, 'n');
  const auto path = folder.write(
      "a.tar", tar_archive({{"folder/empty", ""}, {"whole", whole}, {name, more}}, 1'700'000'000));
  EXPECT_EQ(output_of("tar -tf " + path.string()), "folder/empty\nwhole\n" + name + "\n");
  EXPECT_EQ(output_of("tar -xOf " + path.string() + " whole"), whole);
  EXPECT_EQ(output_of("tar -xOf " + path.string() + " " + name), more);
  EXPECT_EQ(output_of("TZ=UTC tar -tvf " + path.string() +
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
