#include "ridgeflow/measure/verdict.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ridgeflow/base/error.hpp"

#include "support/chains.hpp"

namespace ridgeflow {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(BatchVerdict, ByHand) {
  const BatchVerdict good = judge_batch_length(64, 0.5);
  EXPECT_TRUE(good.known);
  EXPECT_TRUE(good.ok);
  EXPECT_EQ(good.ratio, 128.0);
  EXPECT_EQ(good.relative_bias, 0.0);  // independent draws have nothing to miss
  EXPECT_EQ(good.needed_length, 10.0);
  const BatchVerdict poor = judge_batch_length(64, 5.0);
  EXPECT_FALSE(poor.ok);
  EXPECT_EQ(poor.ratio, 12.8);
  EXPECT_DOUBLE_EQ(poor.relative_bias, -(5.0 - 0.05) / 64);
  EXPECT_EQ(poor.needed_length, 100.0);
  EXPECT_TRUE(judge_batch_length(100, 5.0).ok);
  EXPECT_FALSE(judge_batch_length(99, 5.0).ok);
  EXPECT_TRUE(judge_batch_length(64, 5.0, 10.0).ok);
}

TEST(BatchVerdict, WhatIsNotKnownIsNotOk) {
  for (const BatchVerdict& verdict : {judge_batch_length(0, 1.0), judge_batch_length(64, kNan),
                                      judge_batch_length(64, HUGE_VAL), judge_batch_length(64, -1e-20)}) {
    EXPECT_FALSE(verdict.known);
    EXPECT_FALSE(verdict.ok);
  }
  for (const double bad : {0.0, -1.0, kNan, HUGE_VAL}) {
    EXPECT_THROW(judge_batch_length(64, 1.0, bad), InvalidInput);
  }
}

// tau_int of AR(1) from batch means of length b, measured, against the bias that is promised.
TEST(BatchVerdict, BiasIsWhatBatchesMiss) {
  std::mt19937_64 generator(41);
  const double phi = 0.8;
  const double tau = test::autoregressive_tau(phi);  // 4.5
  const test::Series series = test::autoregressive(generator, 200, 20000, phi);
  for (const std::size_t length : {25U, 50U, 100U, 1000U}) {
    double square = 0;
    double batches = 0;
    for (const auto& chain : series) {
      for (std::size_t first = 0; first < chain.size(); first += length) {
        double sum = 0;  // about the mean, which is known to be 0
        for (std::size_t i = first; i < first + length; ++i) {
          sum += chain[i];
        }
        square += sum * sum / static_cast<double>(length);
        batches += 1;
      }
    }
    const double measured = 0.5 * square / batches;  // the variance is 1
    const double promised = judge_batch_length(length, tau).relative_bias;
    EXPECT_NEAR(measured / tau - 1, promised, 4 * std::sqrt(2 / batches) + std::pow(phi, length) / 2)
        << length;
    EXPECT_EQ(judge_batch_length(length, tau).ok, length >= 100) << length;
  }
}

TEST(Convergence, GoodRun) {
  const std::vector<double> r_hat{1.001, 1.002, 1.0};
  const std::vector<double> ess{4000, 2000, 900};
  const std::vector<double> tau{0.5, 0.9, 1.6};
  const ConvergenceVerdict verdict = judge_convergence({r_hat, ess, tau, 64});
  EXPECT_TRUE(verdict.ok);
  ASSERT_EQ(verdict.sentences.size(), 1U);
  EXPECT_EQ(verdict.sentences[0],
            "R-hat is at most 1.002 (mode 2), ESS at least 900 (mode 3), batches at least 40 tau_int "
            "long (mode 3): the chains show no sign of not having converged.");
  EXPECT_TRUE(judge_convergence({r_hat, {}, {}, 0}).ok);
  EXPECT_TRUE(judge_convergence({{}, ess, {}, 0}).ok);
}

TEST(Convergence, EachProblemHasItsRemedy) {
  const std::vector<double> r_hat{1.001, 1.011, 1.04};
  const std::vector<double> ess{200, 2000, 900};
  const std::vector<double> tau{5, 0.9, 4};
  const ConvergenceVerdict verdict = judge_convergence({r_hat, ess, tau, 64});
  EXPECT_FALSE(verdict.ok);
  ASSERT_EQ(verdict.sentences.size(), 3U);
  EXPECT_EQ(verdict.sentences[0],
            "R-hat 1.04 at mode 3 exceeds 1.01 (2 of 3 modes): chains have not forgotten where they started; "
            "lengthen burn-in, and if it stays, take more draws per chain.");
  EXPECT_EQ(verdict.sentences[1],
            "ESS 200 of all chains at mode 1 is below 400: take about 2.0 times as many draws per chain, or "
            "more steps "
            "between draws.");
  EXPECT_EQ(
      verdict.sentences[2],
      "tau_int 5 at mode 1 is too small by about 7.7 % or more (2 of 3 modes): batches of 64 draws are 12.8 "
      "tau_int long, below 20; take at least 1.6 times as many draws per chain, or more steps between "
      "draws.");
}

TEST(Convergence, OneMoreOrLessThanTheThreshold) {
  const auto ok = [](double r_hat, double ess) {
    return judge_convergence({std::vector<double>{r_hat}, std::vector<double>{ess}, {}, 0}).ok;
  };
  EXPECT_TRUE(ok(1.01, 400));
  EXPECT_FALSE(ok(1.0101, 400));
  EXPECT_FALSE(ok(1.01, 399.9));
  EXPECT_FALSE(ok(HUGE_VAL, 400));
  const std::vector<double> r_hat{1.04};
  EXPECT_TRUE(judge_convergence({r_hat, {}, {}, 0}, {1.05, 400, 20}).ok);
}

TEST(Convergence, NotKnownIsAProblem) {
  const std::vector<double> r_hat{1.0, kNan, kNan};
  const std::vector<double> ess{kNan, 500, 500};
  const std::vector<double> tau{1, 1, kNan};
  const ConvergenceVerdict verdict = judge_convergence({r_hat, ess, tau, 64});
  EXPECT_FALSE(verdict.ok);
  ASSERT_EQ(verdict.sentences.size(), 3U);
  EXPECT_THAT(verdict.sentences[0], HasSubstr("R-hat is not known at mode 2 (2 of 3 modes)"));
  EXPECT_THAT(verdict.sentences[1], HasSubstr("ESS is not known at mode 1:"));
  EXPECT_THAT(verdict.sentences[2], HasSubstr("tau_int is not known at mode 3:"));
  const std::vector<double> one{1.0};
}

// Errors come from the spread over chains: many short ones need neither batches nor a hundred draws each.
TEST(Convergence, ManyShortChainsThatAreWorthEnoughDrawsAreAllRight) {
  const std::vector<double> r_hat{0.9998, 1.00003};
  const std::vector<double> ess{85000, 86000};  // of 1024 chains: 84 in each
  const std::vector<double> tau{kNan, kNan};
  const ConvergenceVerdict verdict = judge_convergence({r_hat, ess, tau, 0});
  EXPECT_TRUE(verdict.ok);
  EXPECT_EQ(
      verdict.sentences.at(0),
      "R-hat is below 1.0001 at every mode, ESS at least 8.5e+04 (mode 1): the chains show no sign of not "
      "having converged.");
}

TEST(Convergence, NextToNoEffectiveDrawsPromiseNoFactor) {
  for (const double ess : {0.0, -3.0, 1e-12}) {
    const std::vector<double> values{ess};
    const ConvergenceVerdict verdict = judge_convergence({{}, values, {}, 0});
    EXPECT_FALSE(verdict.ok);
    EXPECT_THAT(verdict.sentences[0], AllOf(HasSubstr("many more draws"), Not(HasSubstr("inf"))));
  }
}

TEST(Convergence, RefusesWhatCannotBeJudged) {
  const std::vector<double> one{1.0};
  const std::vector<double> two{1.0, 1.0};
  EXPECT_THROW(judge_convergence({}), InvalidInput);
  EXPECT_THROW(judge_convergence({{}, {}, one, 64}), InvalidInput);
  EXPECT_THROW(judge_convergence({one, two, {}, 0}), InvalidInput);
  EXPECT_THROW(judge_convergence({two, two, one, 64}), InvalidInput);
}

TEST(ConvergenceVerdict, ShortChainsAreJudgedBySuperchains) {
  const std::vector<double> none{kNan, kNan};
  const std::vector<double> good{1.002, 1.004};
  const std::vector<double> bad{1.002, 1.2};
  const std::vector<double> ess{9000, 8000};
  ConvergenceEvidence evidence{none, ess, {}, 0, good};
  const ConvergenceVerdict passed = judge_convergence(evidence);
  EXPECT_TRUE(passed.ok);
  EXPECT_THAT(passed.sentences.at(0), HasSubstr("nested R-hat is at most 1.004 (mode 2)"));
  evidence.nested_r_hat = bad;
  EXPECT_THAT(judge_convergence(evidence).sentences.at(0), HasSubstr("Nested R-hat 1.2 at mode 2"));
  const std::vector<double> split{1.001, 1.001};
  evidence.r_hat = split;  // where halves are known they decide
  EXPECT_TRUE(judge_convergence(evidence).ok);
  evidence.r_hat = none;
  evidence.nested_r_hat = none;  // nothing is known: a problem
  EXPECT_FALSE(judge_convergence(evidence).ok);
}

}  // namespace
}  // namespace ridgeflow
