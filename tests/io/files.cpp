// Files appear whole or not at all.
#include "ridgeflow/io/files.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <grp.h>
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
  write_whole_file(folder / "x", "one", Existing::kKeep);
  write_whole_file(folder / "x", "two", Existing::kReplace);
  EXPECT_EQ(read_whole_file(folder / "x", 3, "file"), "two");
  EXPECT_THROW(read_whole_file(folder / "x", 2, "file"), InvalidInput);
  EXPECT_EQ(folder.count(), 1);
}

TEST(Files, CheckWritableLeavesNothingBehind) {
  const test::TemporaryFolder folder;
  check_writable(folder / "x.nc", Existing::kKeep);
  check_writable(folder / std::string(255, 'x'), Existing::kKeep);  // the longest name there is
  EXPECT_EQ(folder.count(), 0);
}

TEST(Files, CheckWritableRefuses) {
  const test::TemporaryFolder folder;
  namespace fs = std::filesystem;
  const auto refuses = [&](const std::string& path, const std::string& problem) {
    EXPECT_THAT([&] { check_writable(path, Existing::kReplace); },
                ThrowsMessage<InvalidInput>(HasSubstr(problem)))
        << path;
  };
  refuses(folder / "none/x.nc", "none does not exist; make it first");
  refuses(folder.path(), "it is a directory");
  refuses(folder.write("f", "") + "/x.nc", "f is not a directory");
  refuses("/dev/null", "not a regular file");
  refuses("", "empty name");
  refuses(folder / std::string(256, 'x'), "too long");
  refuses(folder / "x.nc/", "names a directory");
  refuses(folder / ".", "names a directory");
  fs::create_symlink("two.nc", folder / "one.nc");
  fs::create_symlink("one.nc", folder / "two.nc");
  refuses(folder / "one.nc", "link without end");
  fs::create_symlink("none/x.nc", folder / "astray.nc");
  refuses(folder / "astray.nc", "none does not exist");
  fs::create_symlink(folder.path(), folder / "folder.nc");
  refuses(folder / "folder.nc", "it is a directory");
  ::mkfifo((folder / "pipe").c_str(), 0600);
  refuses(folder / "pipe", "not a regular file");
  EXPECT_EQ(folder.count(), 6);  // what was made here
}

/// Ends this process, a child of a test, with status 0 if somebody who is not root may not write \p path, and
/// says why.
[[noreturn]] void try_as_nobody(const std::string& path) {
  constexpr id_t kNobody = 65534;
  if (::geteuid() == 0 &&
      (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0)) {
    std::fputs("root cannot become another user here", stderr);
    std::_Exit(2);
  }
  try {
    check_writable(path, Existing::kReplace);
  } catch (const InvalidInput& problem) {
    std::fputs(problem.what(), stderr);
    std::_Exit(0);
  }
  std::_Exit(1);
}

TEST(FilesDeathTest, CheckWritableRefusesWhatIsProtected) {
  const test::TemporaryFolder folder;
  ::chmod(folder.path().c_str(), 0555);
  EXPECT_EXIT(try_as_nobody(folder / "x.nc"), testing::ExitedWithCode(0), "x.nc: Permission denied");
  ::chmod(folder.path().c_str(), 0777);
  ::chmod(folder.write("x.nc", "").c_str(), 0444);
  EXPECT_EXIT(try_as_nobody(folder / "x.nc"), testing::ExitedWithCode(0), "x.nc: Permission denied");
  EXPECT_EXIT(try_as_nobody(folder / "y.nc"), testing::ExitedWithCode(1), "");  // the test can fail
  EXPECT_EQ(folder.count(), 1);
}

// As /tmp is: only root, its owner and the folder's may rename over a file.
TEST(FilesDeathTest, CheckWritableRefusesWhatIsSomebodyElsesInASharedFolder) {
  const test::TemporaryFolder folder;
  ::chmod(folder.write("x.nc", "").c_str(), 0666);
  ::chmod(folder.path().c_str(), 01777);
  if (::geteuid() == 0) {
    EXPECT_EXIT(try_as_nobody(folder / "x.nc"), testing::ExitedWithCode(0), "it belongs to somebody else");
  }
  check_writable(folder / "x.nc", Existing::kReplace);  // our own
  ::chmod(folder.path().c_str(), 0777);
  EXPECT_EXIT(try_as_nobody(folder / "x.nc"), testing::ExitedWithCode(1), "");
}

TEST(Files, CheckWritableKeepsWhatIsThereUnlessToldOtherwise) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("x.nc", "result");
  EXPECT_THAT([&] { check_writable(path, Existing::kKeep); },
              ThrowsMessage<InvalidInput>(HasSubstr("it exists already; --force replaces it")));
  check_writable(path, Existing::kReplace);
  EXPECT_EQ(test::read_text(path), "result");
}

TEST(Files, KeepSymbolicLinks) {
  const test::TemporaryFolder folder;
  folder.write("real", "old");
  std::filesystem::create_symlink("real", folder / "link");
  std::filesystem::create_symlink("link", folder / "link_to_link");
  write_whole_file(folder / "link_to_link", "new", Existing::kReplace);
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(test::read_text(folder / "real"), "new");

  std::filesystem::create_symlink("to_come", folder / "dangling");
  check_writable(folder / "dangling", Existing::kKeep);
  write_whole_file(folder / "dangling", "made", Existing::kKeep);
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "dangling"));
  EXPECT_EQ(test::read_text(folder / "to_come"), "made");
}

TEST(Files, AnAbandonedFileVanishes) {
  const test::TemporaryFolder folder;
  {
    PendingFile pending(folder / "x.nc", Existing::kKeep);
    pending.write("half");
    EXPECT_EQ(folder.count(), 1);
  }
  EXPECT_EQ(folder.count(), 0);
}

TEST(Files, PermissionsAreThoseOfTheFileThatIsReplacedOrOfTheUmask) {
  const test::TemporaryFolder folder;
  const auto mode = [&](const char* name) {
    struct stat status = {};
    EXPECT_EQ(::stat((folder / name).c_str(), &status), 0);
    return status.st_mode & 07777;
  };
  ::chmod(folder.write("private", "").c_str(), 0600);
  ::chmod(folder.write("shared", "").c_str(), 0664);
  for (const mode_t umask : {0022U, 0077U}) {
    const mode_t before = ::umask(umask);
    write_whole_file(folder / "private", "new", Existing::kReplace);
    write_whole_file(folder / "shared", "new", Existing::kReplace);
    write_whole_file(folder / "new", "", Existing::kReplace);
    ::umask(before);
    EXPECT_EQ(mode("private"), 0600U);
    EXPECT_EQ(mode("shared"), 0664U);
    EXPECT_EQ(mode("new"), 0666U & ~umask);
    std::filesystem::remove(folder / "new");
  }
}

TEST(Files, AFileThatAppearsMeanwhileIsKeptAndSoIsTheResult) {
  const test::TemporaryFolder folder;
  PendingFile pending(folder / "x.nc", Existing::kKeep);
  pending.write("mine");
  folder.write("x.nc", "theirs");
  folder.write("x.2.nc", "theirs too");
  EXPECT_THAT([&] { pending.commit(); }, ThrowsMessage<DeviceError>(HasSubstr("x.3.nc")));
  EXPECT_EQ(test::read_text(folder / "x.nc"), "theirs");
  EXPECT_EQ(test::read_text(folder / "x.2.nc"), "theirs too");
  EXPECT_EQ(test::read_text(folder / "x.3.nc"), "mine");
  EXPECT_EQ(folder.count(), 3);
}

TEST(Files, SameFileThroughLinksAndSpellings) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("x", "");
  folder.write("y", "");
  std::filesystem::create_directory(folder / "inner");
  std::filesystem::create_symlink(folder.path(), folder / "inner/back");
  std::filesystem::create_symlink("x", folder / "soft");
  std::filesystem::create_hard_link(path, folder / "hard");
  for (const char* name : {"x", "./x", "inner/../x", "inner/back/x", "soft", "hard"}) {
    EXPECT_TRUE(same_file(path, folder / name)) << name;
  }
  EXPECT_FALSE(same_file(path, folder / "y"));
  EXPECT_TRUE(same_file(folder / "new", folder / "inner/back/new"));  // neither of which is there
  EXPECT_FALSE(same_file(folder / "new", folder / "inner/new"));
  EXPECT_FALSE(same_file(folder / "none/x", folder / "none/y"));
}

// A contents that cannot be written: nothing is left, not even the temporary file.
TEST(ResultFile, NothingIsLeftOfAFailure) {
  const test::TemporaryFolder folder;
  const Posterior posterior(power_law_spectrum(4, 0.2, 0.3), Couplings{4, 1.0, 0.1});
  const std::vector<Prediction> twice{{Theory::gp, {1, 2, 3, 4}, {1, 2, 3, 4}}};
  RunConfig config;
  config.replace = true;
  std::filesystem::create_directory(folder / "x.nc");
  EXPECT_THROW(write_result(folder / "x.nc", {config, posterior, twice}), DeviceError);
  EXPECT_EQ(folder.count(), 1);
  write_result(folder / "y.nc", {config, posterior, twice});
  EXPECT_EQ(folder.count(), 2);
}

}  // namespace
}  // namespace ridgeflow
