// Golden trajectories: every vector width gives the bits on record, and those of a program written from
// docs/trajectory.md alone. With RIDGEFLOW_PRINT_GOLDEN set, the hashes found are printed as the rows of
// tests/data/golden_trajectories.csv; record new ones only where the definition itself was changed.
#include "ridgeflow/run/golden.hpp"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/run/self_test.hpp"
#include "ridgeflow/run/trajectory_hash.hpp"

#include "cpu/lane_kernels.hpp"

namespace ridgeflow {
namespace {

TEST(Golden, HashesOnEveryWidth) {
  for (const LaneKernels& kernels : available_lane_kernels()) {
    for (const GoldenCase& each : golden_cases()) {
      for (const int threads : {1, 2}) {
        const auto executor = make_cpu_executor(golden_setup(each), CpuOptions{threads, kernels.name});
        const std::uint64_t found = golden_hash(each, *executor);
        EXPECT_EQ(found, each.hash) << each.name << ", " << kernels.name << ", threads " << threads;
        EXPECT_TRUE(executor->divergences().empty()) << each.name;
        if (std::getenv("RIDGEFLOW_PRINT_GOLDEN") != nullptr && threads == 1) {
          std::printf("%s,%016" PRIx64 "\n", std::string(each.name).c_str(), found);
        }
      }
    }
  }
}

#if defined(__x86_64__)
// A library built with -Ofast, or a caller, may have left rounding upward or denormals flushed to zero.
TEST(Golden, WhateverTheCallersFloatingPointState) {
  for (const GoldenCase& each : golden_cases()) {
    const auto executor = make_cpu_executor(golden_setup(each), CpuOptions{2, "auto"});
    const std::uint64_t passes = golden_setup(each).plan.schedule.passes();
    const unsigned before = _mm_getcsr();
    const unsigned odd = 0x1F80U | 0x4000U | 0x8040U;  // upward, flush to zero, denormals are zero
    _mm_setcsr(odd);
    executor->start();
    executor->advance(passes);
    const unsigned after = _mm_getcsr();
    _mm_setcsr(before);
    EXPECT_EQ(trajectory_hash(executor->export_chains(0, 0, each.chains)), each.hash) << each.name;
    EXPECT_EQ(after & 0xFFC0U, odd & 0xFFC0U) << "not restored";
  }
}
#endif

TEST(Golden, CasesAreOnRecordAndDistinct) {
  std::map<std::uint64_t, std::string_view> seen;
  for (const GoldenCase& each : golden_cases()) {
    EXPECT_NE(each.hash, 0U) << each.name << " has no row in golden_trajectories.csv";
    EXPECT_TRUE(seen.emplace(each.hash, each.name).second) << each.name;
  }
}

// A golden run that refuses nothing, or everything, would not see a wrong acceptance.
TEST(Golden, StepsAreBothAcceptedAndRefused) {
  for (const GoldenCase& each : golden_cases()) {
    if (each.integrator != "adjusted" && each.integrator != "perfect" && each.integrator != "mala") {
      continue;
    }
    const auto executor = make_cpu_executor(golden_setup(each), CpuOptions{1, "auto"});
    golden_hash(each, *executor);
    const ChainBlock block = executor->export_chains(0, 0, each.chains);
    std::uint64_t accepted = 0;
    for (const std::uint64_t n : block.accepted) {
      accepted += n;
    }
    EXPECT_GT(accepted, 0U) << each.name;
    EXPECT_LT(accepted, each.chains * block.passes_done) << each.name;
  }
}

double value_of(const ChainBlock& block, const std::string& array, std::size_t k) {
  const std::map<std::string, const std::vector<double>*> numbers{{"d", &block.d},
                                                                  {"carried", &block.carried},
                                                                  {"recent_sum", &block.recent_sum},
                                                                  {"recent_square", &block.recent_square},
                                                                  {"sum", &block.sum},
                                                                  {"square", &block.square},
                                                                  {"first_sum", &block.first_sum},
                                                                  {"first_square", &block.first_square},
                                                                  {"batch_origin", &block.batch_origin},
                                                                  {"batch_square", &block.batch_square},
                                                                  {"size", &block.size},
                                                                  {"carried_size", &block.carried_size},
                                                                  {"size_sum", &block.size_sum},
                                                                  {"size_square", &block.size_square}};
  const std::map<std::string, const std::vector<std::uint64_t>*> counts{
      {"accepted", &block.accepted},
      {"measured", &block.measured},
      {"first_measured", &block.first_measured},
      {"batch_measured", &block.batch_measured}};
  const auto found = numbers.find(array);
  return found != numbers.end() ? found->second->at(k) : static_cast<double>(counts.at(array)->at(k));
}

// tests/golden/trajectory.py follows the document in plain Python; its numbers are compared exactly.
TEST(Golden, ChainsOfAnotherProgram) {
  std::ifstream file(std::string(RIDGEFLOW_TEST_DATA) + "/golden_chains.csv");
  ASSERT_TRUE(file);
  std::map<std::pair<std::string, std::uint64_t>, ChainBlock> blocks;
  std::string line;
  std::getline(file, line);
  std::size_t rows = 0;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string name, chain, array, index, value;
    std::getline(words, name, ',');
    std::getline(words, chain, ',');
    std::getline(words, array, ',');
    std::getline(words, index, ',');
    std::getline(words, value, ',');
    const std::pair key(name, std::stoull(chain));
    if (!blocks.contains(key)) {
      for (const GoldenCase& each : golden_cases()) {
        if (each.name == name) {
          const auto executor = make_cpu_executor(golden_setup(each), CpuOptions{1, "auto"});
          golden_hash(each, *executor);
          blocks[key] = executor->export_chains(0, key.second - each.first_chain, 1);
        }
      }
    }
    ASSERT_TRUE(blocks.contains(key)) << name;
    ASSERT_EQ(value_of(blocks[key], array, std::stoul(index)), std::strtod(value.c_str(), nullptr)) << line;
    ++rows;
  }
  EXPECT_GT(rows, 5000U);
  EXPECT_EQ(blocks.size(), 43U);
}

TEST(Golden, HashSeesEveryArray) {
  ChainBlock block;
  block.resize(2, 3, true);
  const std::uint64_t zero = trajectory_hash(block);
  for (auto* array : {&block.d, &block.carried, &block.carried_size, &block.recent_sum, &block.recent_square,
                      &block.sum, &block.square, &block.first_sum, &block.first_square, &block.batch_origin,
                      &block.batch_square, &block.size, &block.size_sum, &block.size_square}) {
    array->back() = 0x1p-1074;
    EXPECT_NE(trajectory_hash(block), zero);
    array->back() = -0.0;  // equal in value, not in bits
    EXPECT_NE(trajectory_hash(block), zero);
    array->back() = 0;
    EXPECT_EQ(trajectory_hash(block), zero);
  }
  for (auto* array : {&block.accepted, &block.measured, &block.first_measured, &block.batch_measured}) {
    array->back() = 1;
    EXPECT_NE(trajectory_hash(block), zero);
    array->back() = 0;
  }
  block.passes_done = 1;
  EXPECT_NE(trajectory_hash(block), zero);
}

TEST(SelfTest, FailsWhereAnExecutorIsWrongOrDoesNotRun) {
  const SelfTestLine wrong = test_trajectories("a plant", [](EnsembleSetup<float> setup) {
    setup.plan.key = noise_key(setup.systems[0].first_chain + 12345);
    return make_cpu_executor(std::move(setup), CpuOptions{});
  });
  EXPECT_FALSE(wrong.passed);
  EXPECT_EQ(wrong.name, "trajectories, a plant");
  EXPECT_NE(wrong.detail.find("in place of"), std::string::npos) << wrong.detail;
  const SelfTestLine broken = test_trajectories(
      "a plant",
      [](const EnsembleSetup<float>&) -> std::unique_ptr<Executor> { throw DeviceError("no kernel image"); });
  EXPECT_FALSE(broken.passed);
  EXPECT_EQ(broken.detail, "no kernel image");
}

TEST(SelfTest, Passes) {
  const std::vector<SelfTestLine> lines = self_test();
  EXPECT_EQ(lines.size(), 2 + available_lane_kernels().size());
  for (const SelfTestLine& line : lines) {
    EXPECT_TRUE(line.passed) << line.name << ": " << line.detail;
    EXPECT_FALSE(line.detail.empty());
  }
}

}  // namespace
}  // namespace ridgeflow
