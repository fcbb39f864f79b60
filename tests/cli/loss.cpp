// The training loss, by its name: measured with its error, and predicted.
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"

namespace ridgeflow::test {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kModel{"--samples", "20", "--u", "0.5", "--theory", "exact,gp"};

nlohmann::json json_of(std::vector<std::string> words) {
  words.insert(words.end(), kModel.begin(), kModel.end());
  return run_json(words);
}

/// Half the sum of mean^2 + variance over modes; \p errors of the means: theirs is in a measured mean^2 too.
double half_sum(const nlohmann::json& moments, const std::vector<double>& errors) {
  double sum = 0;
  for (std::size_t k = 0; k < errors.size(); ++k) {
    const double mean = moments["mean"][k];
    sum += mean * mean + moments["variance"][k].get<double>() - errors[k] * errors[k];
  }
  return 0.5 * sum;
}

TEST(Loss, IsHalfTheMeanSizeMeasuredAndPredicted) {
  const nlohmann::json json =
      json_of({"compare", "--draws", "64000", "--chains", "64", "--seed", "3", "--backend", "cpu"});
  const nlohmann::json& measured = json["measured"];
  const double loss = measured["loss"];
  EXPECT_NEAR(loss, half_sum(measured, measured["mcse_mean"]), 1e-5 * loss);
  EXPECT_EQ(measured["mcse_loss"].get<double>(), 0.5 * measured["mcse_mean_size"].get<double>());
  const nlohmann::json& predicted = json["predictions"];
  for (const char* theory : {"exact", "gp"}) {
    EXPECT_NEAR(predicted[theory]["loss"], half_sum(predicted[theory], std::vector<double>(20)), 1e-12)
        << theory;
  }
  const double exact = predicted["exact"]["loss"];
  const double error = measured["mcse_loss"];
  EXPECT_LT(std::abs(loss - exact), 4.5 * error);
  EXPECT_GT(std::abs(loss - predicted["gp"]["loss"].get<double>()), 10.0 * error) << "u is not seen";
  EXPECT_EQ(json_of({"predict"})["predictions"]["exact"]["loss"], predicted["exact"]["loss"]);
}

TEST(Loss, IsNamedInTheTables) {
  for (const char* verb : {"compare", "predict"}) {
    std::vector<std::string> words{verb};
    words.insert(words.end(), kModel.begin(), kModel.end());
    if (words.front() == "compare") {
      words.insert(words.end(), {"--draws", "6400", "--chains", "64", "--seed", "3", "--backend", "cpu"});
    }
    const Outcome outcome = run(words);
    ASSERT_EQ(outcome.status, 0) << outcome.told;
    EXPECT_THAT(outcome.out, HasSubstr("Training loss of a sample, <R>/2")) << verb;
  }
}

}  // namespace
}  // namespace ridgeflow::test
