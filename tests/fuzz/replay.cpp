// Every input kept from fuzzing goes through its reader.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "fuzz/readers.hpp"
#include "support/temporary.hpp"

namespace ridgeflow::fuzz {
namespace {

void replay(const std::string& name, void (*read)(std::string_view)) {
  int inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(RIDGEFLOW_FUZZ_CORPUS "/" + name)) {
    SCOPED_TRACE(entry.path());
    EXPECT_NO_THROW(read(test::read_text(entry.path().string())));
    ++inputs;
  }
  EXPECT_GT(inputs, 0);
}

TEST(Corpus, OfNumbersIsReadOrRefused) {
  replay("number", number);
}
TEST(Corpus, OfRunFilesIsReadOrRefused) {
  replay("run_file", run_file);
}
TEST(Corpus, OfSpectraIsReadOrRefused) {
  replay("spectrum_text", spectrum_text);
}
TEST(Corpus, OfArraysIsReadOrRefused) {
  replay("npy", npy);
}
TEST(Corpus, OfCommandLinesIsReadOrRefused) {
  replay("command_line", command_line);
}

}  // namespace
}  // namespace ridgeflow::fuzz
