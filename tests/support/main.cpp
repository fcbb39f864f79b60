// The main() of every test program: a run in which no test ran is a failure, and skipped tests are counted
// aloud.
#include <cstdio>

#include <gtest/gtest.h>

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const int status = RUN_ALL_TESTS();
  if (GTEST_FLAG_GET(list_tests)) {
    return status;
  }
  const testing::UnitTest& tests = *testing::UnitTest::GetInstance();
  std::printf("%d tests skipped\n", tests.skipped_test_count());
  if (tests.test_to_run_count() == 0) {
    std::fprintf(stderr, "no test ran: nothing matches the filter\n");
    return 1;
  }
  return status;
}
