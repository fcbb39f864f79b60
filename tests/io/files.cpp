// Files appear whole or not at all.
#include "ridgeflow/io/files.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/io/result_file.hpp"

#include "support/temporary.hpp"

namespace ridgeflow {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Files, WriteAndRead) {
  const test::TemporaryFolder folder;
  write_whole_file(folder / "x", "one");
  write_whole_file(folder / "x", "two");
  EXPECT_EQ(read_whole_file(folder / "x", 3, "file"), "two");
  EXPECT_THROW(read_whole_file(folder / "x", 2, "file"), InvalidInput);
  EXPECT_EQ(folder.count(), 1);
}

TEST(Files, CheckWritableLeavesNothingBehind) {
  const test::TemporaryFolder folder;
  check_writable(folder / "x.nc");
  EXPECT_EQ(folder.count(), 0);
}

TEST(Files, CheckWritableRefuses) {
  const test::TemporaryFolder folder;
  EXPECT_THAT([&] { check_writable(folder / "none/x.nc"); },
              ThrowsMessage<InvalidInput>(HasSubstr("none does not exist")));
  EXPECT_THAT([&] { check_writable(folder.path()); },
              ThrowsMessage<InvalidInput>(HasSubstr("it is a directory")));
  EXPECT_THAT([&] { check_writable(folder.write("f", "") + "/x.nc"); },
              ThrowsMessage<InvalidInput>(HasSubstr("does not exist")));
  EXPECT_THAT([&] { check_writable("/dev/null"); },
              ThrowsMessage<InvalidInput>(HasSubstr("not a regular file")));
  EXPECT_THAT([&] { check_writable(""); }, ThrowsMessage<InvalidInput>(HasSubstr("empty name")));
  EXPECT_THAT([&] { check_writable(folder / std::string(300, 'x')); },
              ThrowsMessage<InvalidInput>(HasSubstr("long")));
}

TEST(Files, CheckWritableRefusesAProtectedFolder) {
  if (::geteuid() == 0) {
    GTEST_SKIP() << "root may write anywhere";
  }
  const test::TemporaryFolder folder;
  ::chmod(folder.path().c_str(), 0555);
  EXPECT_THROW(check_writable(folder / "x.nc"), InvalidInput);
  ::chmod(folder.path().c_str(), 0755);
}

TEST(Files, KeepSymbolicLinks) {
  const test::TemporaryFolder folder;
  folder.write("real", "old");
  std::filesystem::create_symlink("real", folder / "link");
  write_whole_file(folder / "link", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(test::read_text(folder / "real"), "new");
}

TEST(Files, AnAbandonedFileVanishes) {
  const test::TemporaryFolder folder;
  {
    const PendingFile pending(folder / "x.nc");
    std::ofstream(pending.temporary()) << "half";
    EXPECT_EQ(folder.count(), 1);
  }
  EXPECT_EQ(folder.count(), 0);
}

// A contents that cannot be written: nothing is left, not even the temporary file.
TEST(ResultFile, NothingIsLeftOfAFailure) {
  const test::TemporaryFolder folder;
  const Posterior posterior(power_law_spectrum(4, 0.2, 0.3), Couplings{4, 1.0, 0.1});
  const std::vector<Prediction> twice{{Theory::gp, {1, 2, 3, 4}, {1, 2, 3, 4}}};
  std::filesystem::create_directory(folder / "x.nc");
  EXPECT_THROW(write_result(folder / "x.nc", {RunConfig{}, posterior, twice}), InvalidInput);
  EXPECT_EQ(folder.count(), 1);
  write_result(folder / "y.nc", {RunConfig{}, posterior, twice});
  EXPECT_EQ(folder.count(), 2);
}

}  // namespace
}  // namespace ridgeflow
