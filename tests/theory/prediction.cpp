#include "ridgeflow/theory/prediction.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/base/names.hpp"
#include "ridgeflow/theory/decimation.hpp"
#include "ridgeflow/theory/exact.hpp"
#include "ridgeflow/theory/functional_decimation.hpp"
#include "ridgeflow/theory/learning_curve.hpp"
#include "ridgeflow/theory/size_distribution.hpp"
#include "ridgeflow/theory/transfer.hpp"

#include "support/posteriors.hpp"

namespace ridgeflow {
namespace {

using test::any_posterior;
using test::relative_deviation;

TEST(Theory, NamesThereAndBack) {
  for (const Theory theory : all_theories) {
    EXPECT_EQ(theory_from_string(to_string(theory)), theory);
  }
  EXPECT_EQ(to_string(Theory::gp), "gp");
  EXPECT_EQ(to_string(Theory::first_order), "first_order");
  EXPECT_EQ(to_string(Theory::exact), "exact");
}

TEST(Theory, UnknownNameIsToldTheNearestAndAllOthers) {
  for (const auto& [name, nearest] : {std::pair{"willson", "wilson"},
                                      {"Exact", "exact"},
                                      {"hartee", "hartree"},
                                      {"rg", "wilson"},
                                      {"renormalisation", "wilson"},
                                      {"Gaussian process", "gp"},
                                      {"mean_field", "hartree"},
                                      {"one-loop", "first_order"}}) {
    try {
      theory_from_string(name);
      FAIL() << name;
    } catch (const InvalidInput& error) {
      const std::string message = error.what();
      EXPECT_NE(message.find(std::string("did you mean \"") + nearest + "\""), std::string::npos) << message;
      for (const Theory theory : all_theories) {
        EXPECT_NE(message.find(to_string(theory)), std::string::npos) << message;
      }
    }
  }
  EXPECT_THROW(theory_from_string(""), InvalidInput);
  try {
    theory_from_string("bogoliubov");
  } catch (const InvalidInput& error) {
    EXPECT_STREQ(error.what(),
                 "unknown theory \"bogoliubov\": known are gp, first_order, hartree, saddle, wilson, "
                 "completed, exact");
  }
  EXPECT_THROW(predict(test::standard_posterior(2, 4.0, 0.1), static_cast<Theory>(99)), InvalidInput);
}

TEST(Names, EditDistanceByHand) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(nearest_name("x", {}), "");
}

TEST(Prediction, OneModeByHand) {
  // a = 1, y = 2, r = 1, U = 0.1: c = 1/2, m = 1, R = 3/2.
  const Posterior posterior(Spectrum{{1.0}, {2.0}}, Couplings{1, 1.0, 0.1});
  const Prediction gp = predict(posterior, Theory::gp);
  EXPECT_DOUBLE_EQ(gp.mean.at(0), 1.0);
  EXPECT_DOUBLE_EQ(gp.variance.at(0), 0.5);
  const Prediction first_order = predict(posterior, Theory::first_order);
  EXPECT_DOUBLE_EQ(first_order.mean.at(0), 1.0 - 0.0375 - 0.025);
  EXPECT_DOUBLE_EQ(first_order.variance.at(0), 0.5 - 0.01875 - 0.0125 - 0.025);
  const Prediction wilson = predict(posterior, Theory::wilson);  // the last mode sees the bare couplings
  EXPECT_DOUBLE_EQ(wilson.mean.at(0), 1.0);
  EXPECT_DOUBLE_EQ(wilson.variance.at(0), 0.5);
}

TEST(Prediction, HartreeAndSaddleByHand) {
  // a = 1, y = 2, U = 1, r = 1/4 has rho* = 1, where c = 1/2, m = 1, sums 1/8 + 1/2 and 1/8 + 3/4.
  const Posterior posterior(Spectrum{{1.0}, {2.0}}, Couplings{1, 4.0, 1.0});
  const Prediction hartree = predict(posterior, Theory::hartree);
  EXPECT_NEAR(hartree.mean.at(0), 1.0, 1e-15);
  EXPECT_NEAR(hartree.variance.at(0), 0.5, 1e-15);
  const double spread = 1.0 / 1.625;
  const double shift = -0.5 * spread * spread * 0.875;
  const Prediction saddle = predict(posterior, Theory::saddle);
  EXPECT_NEAR(saddle.mean.at(0), 1.0 - 0.5 * shift - 0.25 * spread, 1e-15);
  EXPECT_NEAR(saddle.variance.at(0), 0.5 - 0.25 * shift - 0.125 * spread - 0.25 * spread, 1e-15);
}

TEST(Prediction, WithoutInteractionEveryTheoryIsGp) {
  const Posterior posterior = test::standard_posterior(100, 4.0, 0.0);
  const Prediction gp = predict(posterior, Theory::gp);
  for (const Prediction& prediction : predict(posterior, all_theories)) {
    for (std::size_t k = 0; k < 100; ++k) {
      EXPECT_LT(relative_deviation(prediction.mean[k], gp.mean[k]), 4e-16) << to_string(prediction.theory);
      EXPECT_LT(relative_deviation(prediction.variance[k], gp.variance[k]), 4e-16)
          << to_string(prediction.theory);
    }
  }
}

TEST(Prediction, SeveralComeInTheOrderAskedFor) {
  const Posterior posterior = test::standard_posterior(5, 4.0, 0.3);
  const std::vector<Theory> theories{Theory::exact, Theory::gp, Theory::exact};
  const std::vector<Prediction> predictions = predict(posterior, theories);
  ASSERT_EQ(predictions.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(predictions[i].theory, theories[i]);
    EXPECT_EQ(predictions[i].mean, predict(posterior, theories[i]).mean);
  }
  EXPECT_TRUE(predict(posterior, std::vector<Theory>{}).empty());
}

TEST(Prediction, WithASexticCouplingOnlyWhatKnowsIt) {
  const Posterior posterior(power_law_spectrum(5, 0.2, 0.3), Couplings{5, 4.0, 0.3, 0.1});
  EXPECT_EQ(defined_theories(posterior),
            (std::vector{Theory::gp, Theory::hartree, Theory::wilson, Theory::exact}));
  for (const Theory theory : all_theories) {
    if (!is_defined(theory, posterior)) {
      EXPECT_THROW(predict(posterior, theory), InvalidInput) << to_string(theory);
    }
  }
  const SexticDecimation flow = decimate_next_order(posterior);
  const FunctionalDecimation functional(posterior);
  for (std::size_t k = 0; k < 5; ++k) {
    const auto expect_gaussian = [&](Theory theory, double ridge) {
      EXPECT_EQ(predict(posterior, theory).mean[k], posterior.mean_at(k, ridge));
      EXPECT_EQ(predict(posterior, theory).variance[k], posterior.variance_at(k, ridge));
    };
    expect_gaussian(Theory::gp, posterior.ridge());
    expect_gaussian(Theory::hartree, posterior.hartree_ridge());
    expect_gaussian(Theory::wilson, flow.ridge[k]);
    EXPECT_EQ(predict(posterior, Theory::exact).mean[k], functional.mean()[k]);
    EXPECT_EQ(predict(posterior, Theory::exact).variance[k], functional.variance()[k]);
  }
  EXPECT_THROW(decimate(posterior), InvalidInput);
  EXPECT_THROW(ExactAverage{posterior}, InvalidInput);
  EXPECT_THROW(SizeDistribution{posterior}, InvalidInput);
  EXPECT_THROW(transfer(posterior, 3), InvalidInput);
  EXPECT_THROW(transfer(posterior, power_law_spectrum(9, 0.2, 0.3), 9), InvalidInput);
  EXPECT_THROW(ridge_shift(PowerLaw{}, posterior.couplings(), 5, 1), InvalidInput);
  try {
    predict(posterior, Theory::saddle);
    FAIL();
  } catch (const InvalidInput& problem) {
    EXPECT_STREQ(
        problem.what(),
        "w = 0.1: saddle is not defined with a sextic coupling; theories that are: gp, hartree, wilson, "
        "exact. Ask for these, or set w = 0");
  }
}

TEST(Prediction, NextOrderTakesTheSexticCouplingOfThePosterior) {
  const Spectrum spectrum = power_law_spectrum(5, 0.2, 0.3);
  const Posterior with(spectrum, Couplings{5, 4.0, 0.3, 0.1});
  const Posterior without(spectrum, Couplings{5, 4.0, 0.3});
  EXPECT_EQ(decimate_next_order(with).ridge, decimate_next_order(without, with.sextic()).ridge);
  EXPECT_EQ(decimate_next_order(with).sextic.back(), with.sextic());
  EXPECT_EQ(decimate_next_order(without).sextic.back(), 0.0);
}

RC_GTEST_PROP(Prediction, TendsToGpWithTheCoupling, ()) {
  const Posterior any = any_posterior();
  Couplings weak = any.couplings();
  weak.u = 1e-14 / weak.kappa / (1.0 + any.size_at(any.ridge()));  // U R/r is 1e-14 at most
  const Posterior posterior(any.spectrum(), weak);
  const Prediction gp = predict(posterior, Theory::gp);
  for (const Prediction& prediction : predict(posterior, all_theories)) {
    for (std::size_t k = 0; k < posterior.modes(); ++k) {
      RC_ASSERT(std::abs(prediction.mean[k] - gp.mean[k]) <= 1e-13 * std::abs(gp.mean[k]));
      RC_ASSERT(std::abs(prediction.variance[k] - gp.variance[k]) <= 1e-13 * gp.variance[k]);
    }
  }
}

RC_GTEST_PROP(Prediction, VarianceIsPositiveWhereTheTheoryPromisesIt, ()) {
  const Posterior posterior = any_posterior();
  for (const Theory theory : {Theory::gp, Theory::hartree, Theory::exact}) {
    for (const double variance : predict(posterior, theory).variance) {
      RC_ASSERT(variance > 0.0);
    }
  }
}

RC_GTEST_PROP(Prediction, OnlyTheFlowKnowsTheOrderOfModes, ()) {
  const Posterior posterior = any_posterior();
  Spectrum spectrum = posterior.spectrum();
  std::rotate(spectrum.a.begin(), spectrum.a.begin() + 1, spectrum.a.end());
  std::rotate(spectrum.y.begin(), spectrum.y.begin() + 1, spectrum.y.end());
  const Posterior turned(std::move(spectrum), posterior.couplings());
  const std::size_t modes = posterior.modes();
  for (const Theory theory :
       {Theory::gp, Theory::first_order, Theory::hartree, Theory::saddle, Theory::exact}) {
    const Prediction one = predict(posterior, theory);
    const Prediction other = predict(turned, theory);
    for (std::size_t k = 0; k < modes; ++k) {
      const std::size_t image = (k + modes - 1) % modes;
      // first_order and saddle are sums that may cancel: measure against gp
      const double scale = std::abs(one.mean[k]) + std::abs(posterior.mean_at(k, posterior.ridge()));
      const double size = 1.0 + 0.5 * posterior.quartic() * posterior.size_at(posterior.ridge());
      RC_ASSERT(std::abs(other.mean[image] - one.mean[k]) <= 1e-12 * scale * size);
    }
  }
}

}  // namespace
}  // namespace ridgeflow
