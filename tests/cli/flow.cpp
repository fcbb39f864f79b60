// What ridgeflow flow computes and writes, and what it refuses.
#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"

namespace ridgeflow::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// The standard run with fewer modes, and \p more arguments.
std::vector<std::string> small_flow(const std::vector<std::string>& more = {}) {
  return with_defaults({"flow"}, {{"--samples", "200"}}, more);
}

json flow_json(const std::vector<std::string>& more = {}) {
  return run_json(small_flow(more));
}

class Flow : public testing::Test {
 protected:
  static void SetUpTestSuite() { found = flow_json(); }
  static inline json found;
};

TEST_F(Flow, SaysWhatItIs) {
  EXPECT_EQ(found["kind"], "flow");
  EXPECT_EQ(found["model"]["M"], 200);
  EXPECT_THAT(found["run_file"].get<std::string>(), HasSubstr("samples = 200"));
  EXPECT_NEAR(found["continuum"]["cutoff"].get<double>(), 200.5, 0);
  EXPECT_NEAR(found["continuum"]["learning_scale"].get<double>(),
              std::pow(found["model"]["r"].get<double>(), 1 / 1.2), 1e-9);
  EXPECT_EQ(found["continuum"]["window"]["first"], 26);  // k* = 26.15
  EXPECT_EQ(found["continuum"]["window"]["last"], 200);
}

TEST_F(Flow, ColumnsBelongTogether) {
  const json& scales = found["scales"];
  for (const auto& [name, column] : scales.items()) {
    ASSERT_EQ(column.size(), 200U) << name;
  }
  const double r = found["model"]["r"];
  EXPECT_EQ(scales["r"][199], r);
  EXPECT_NEAR(scales["r_ode"][199].get<double>(), r, 1e-12 * r);
  for (std::size_t k = 1; k <= 200; ++k) {
    const auto at = [&](const char* name) { return scales[name][k - 1].get<double>(); };
    const double tau = std::log(200.5 / (static_cast<double>(k) + 0.5));
    EXPECT_NEAR(at("tau"), tau, 1e-12);
    EXPECT_NEAR(at("r_rescaled"), std::exp(1.2 * tau) * at("r_ode"), 1e-10 * at("r_rescaled"));
    EXPECT_NEAR(at("U_rescaled"), std::exp(2.4 * tau) * at("U_ode"), 1e-10 * at("U_rescaled"));
    EXPECT_NEAR(at("r_ode"), at("r"), 1e-4 * r);
    EXPECT_NEAR(at("r_corrected"), at("r"), 2e-7 * r);
    EXPECT_GT(at("gamma_r"), 1.2);
    EXPECT_LT(at("gamma_U"), 2.4);
  }
  const json& deviation = found["continuum"]["deviation"];
  EXPECT_LT(deviation["corrected"]["r"].get<double>(), 1e-2 * deviation["ode"]["r"].get<double>());
  EXPECT_GT(deviation["ode"]["r"].get<double>(), 1e-6);
}

TEST_F(Flow, FieldsAreThoseOfTheFlow) {
  const json& continuum = found["continuum"];
  const double unit = continuum["unit_r"];
  ASSERT_EQ(continuum["fields"].size(), 3U);
  EXPECT_EQ(continuum["fields"][0]["tau"], 0.0);
  EXPECT_EQ(continuum["fields"][2]["tau"], 2.0);  // ln(200.5/26.15), in tenths
  for (const json& field : continuum["fields"]) {
    const double ell = std::exp(field["tau"].get<double>());
    const std::size_t rows = field["r"].size();
    ASSERT_EQ(field["dr_dtau"].size(), rows);
    for (std::size_t i = 0; i < rows; i += 7) {
      for (std::size_t j = 0; j < field["U"].size(); j += 5) {
        const double r = field["r"][i];
        const double u = field["U"][j];
        const double a = unit + r;
        const double drive = 1 / (ell * a) + std::pow(ell, -0.9) * std::pow(200.5, 1.1) / (a * a);
        const double dr = 1.2 * r + 0.5 * 200.5 * u * drive;
        EXPECT_NEAR(field["dr_dtau"][i][j].get<double>(), dr, 1e-9 * (std::abs(1.2 * r) + std::abs(dr)));
        const double du = field["dU_dtau"][i][j];
        EXPECT_NEAR(field["ln_magnitude"][i][j].get<double>(),
                    std::log(std::hypot(dr / unit, du / (unit * unit))), 1e-9);
      }
    }
    const json& line = field["nullcline"];
    for (std::size_t i = 0; i < line["r"].size(); i += 20) {
      EXPECT_GE(line["U"][i].get<double>(), 0.0);
      EXPECT_GE(line["U_trees"][i].get<double>(), line["U"][i].get<double>());
    }
  }
}

TEST_F(Flow, ExponentsInWords) {
  const json& intervals = found["continuum"]["scaling_intervals"];
  EXPECT_EQ(intervals["gamma_r"]["is"], "relevant");
  EXPECT_EQ(intervals["gamma_U"]["is"], "relevant");
  EXPECT_EQ(intervals["loop"]["is"], "mixed");
  for (const auto& [name, each] : intervals.items()) {
    EXPECT_LE(each["least"].get<double>(), each["largest"].get<double>()) << name;
  }
  EXPECT_LT(found["continuum"]["sample_exponents"]["loop"].get<double>(), 0.0);
  // far below k*, where the interaction dies
  const json below = flow_json({"--window", "1:8"});
  EXPECT_EQ(below["continuum"]["scaling_intervals"]["loop"]["is"], "irrelevant");
  EXPECT_EQ(below["continuum"]["scaling_intervals"]["tree"]["is"], "irrelevant");
}

TEST_F(Flow, SecondCutoffHasTheSameInfrared) {
  const json& second = found["second_cutoff"];
  EXPECT_EQ(second["M"], 100);
  EXPECT_EQ(second["P"], 100);
  EXPECT_NEAR(second["r"].get<double>(), found["scales"]["r"][99].get<double>(), 1e-10);
  EXPECT_NEAR(second["U"].get<double>(), found["scales"]["U"][99].get<double>(), 1e-12);
  for (const json& each : second["difference"]) {
    const double limit = each["theory"] == "wilson" ? 1e-13 : 1e-4;
    EXPECT_LT(each["mean"].get<double>(), limit);
    EXPECT_LT(each["variance"].get<double>(), limit);
  }
  EXPECT_EQ(second["difference"].size(), 2U);
  EXPECT_GT(second["difference_bare"]["mean"].get<double>(), 0.3);  // kappa and u kept: wrong
  EXPECT_TRUE(second["sampled"].is_null());
}

TEST_F(Flow, CheckSamplesBothSystems) {
  const json check = flow_json({"--second-cutoff", "50", "--check", "--seed", "3", "--draws", "64000",
                                "--chains", "64", "--backend", "cpu"})["second_cutoff"];
  EXPECT_EQ(check["M"], 50);
  const json& sampled = check["sampled"];
  EXPECT_EQ(sampled["seed"], 3);
  EXPECT_EQ(sampled["second_against_first"]["mean"]["modes"], 50);
  EXPECT_EQ(sampled["first_against_exact"]["mean"]["modes"], 200);
  for (const char* pair : {"second_against_first", "first_against_exact", "second_against_exact"}) {
    for (const char* of : {"mean", "variance"}) {
      const json& found_here = sampled[pair][of];
      EXPECT_GT(found_here["p"].get<double>(), 1e-4) << pair << " " << of;
      EXPECT_LT(found_here["p"].get<double>(), 1 - 1e-4) << pair << " " << of;
    }
  }
}

TEST(FlowOutput, FixedPointIsGivenWhereThereIsOne) {
  const json found = flow_json({"--alpha", "0.5", "--beta", "1.5"})["continuum"];
  const double unit = found["unit_r"];
  EXPECT_NEAR(found["fixed_point"]["r"].get<double>(), -0.5 * unit, 1e-9 * unit);
  EXPECT_NEAR(found["fixed_point"]["eigenvalues"][1].get<double>(), -6.0, 1e-12);
  EXPECT_TRUE(flow_json()["continuum"]["fixed_point"].is_null());
}

TEST(FlowOutput, TableReadsWellAnywhere) {
  for (const auto& more :
       {std::vector<std::string>{"--samples", "1000", "--check", "--seed", "1", "--draws", "64000"},
        {"--samples", "1000000", "--modes", "20", "--u", "3"},
        {"--samples", "1"},
        {"--u", "0"}}) {
    const Outcome outcome = run(small_flow(more));
    ASSERT_EQ(outcome.status, 0) << outcome.told;
    expect_plain_lines(outcome.out);
    for (const char* part :
         {"The flow of the couplings", "Scaling intervals over modes", "The vector field"}) {
      EXPECT_THAT(outcome.out, HasSubstr(part));
    }
  }
}

TEST(FlowOutput, FilesHoldWhatIsPrinted) {
  const TemporaryFolder folder;
  const Outcome as_json = run(small_flow({"--format", "json", "--out", folder / "f.json"}));
  ASSERT_EQ(as_json.status, 0) << as_json.told;
  EXPECT_EQ(as_json.out, read_text(folder / "f.json"));
  const Outcome as_csv = run(small_flow({"--format", "csv", "--out", folder / "f.csv"}));
  EXPECT_EQ(as_csv.out, read_text(folder / "f.csv"));
  std::istringstream lines(as_csv.out);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "k,tau,r,U,r_ode,U_ode,r_corrected,U_corrected,r_rescaled,U_rescaled,gamma_r,gamma_U");
  int count = 0;
  const json scales = json::parse(as_json.out)["scales"];
  while (std::getline(lines, line)) {
    EXPECT_EQ(std::count(line.begin(), line.end(), ','), 11) << line;
    const std::size_t last = line.rfind(',') + 1;
    EXPECT_EQ(std::stod(line.substr(last)), scales["gamma_U"][static_cast<std::size_t>(count)]) << line;
    ++count;
  }
  EXPECT_EQ(count, 200);
}

TEST(FlowOutput, SpectrumOfAFileHasTheDecimationAlone) {
  const TemporaryFolder folder;
  const std::string spectrum = folder.write("s.csv", "a,y\n1,1\n2,0.5\n4,0.1\n");
  const json found = run_json({"flow", "--spectrum", spectrum});
  EXPECT_TRUE(found["continuum"].is_null());
  EXPECT_TRUE(found["scales"]["r_ode"][0].is_null());
  EXPECT_GT(found["scales"]["r"][0], found["scales"]["r"][2]);
  EXPECT_EQ(found["second_cutoff"]["M"], 1);
  const Outcome table = run({"flow", "--spectrum", spectrum});
  EXPECT_THAT(table.out, HasSubstr("needs power-law data"));
  const Outcome csv = run({"flow", "--spectrum", spectrum, "--format", "csv"});
  EXPECT_THAT(csv.out, HasSubstr("nan"));
}

TEST(FlowOutput, DryRunSaysWhatTheCheckTakes) {
  const Outcome outcome = run(small_flow({"--dry-run", "--check"}));
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  EXPECT_THAT(outcome.out, HasSubstr("2 systems, "));
}

TEST(FlowOutput, RefusesBadInput) {
  const TemporaryFolder folder;
  const std::string spectrum = folder.write("s.csv", "a,y\n1,1\n2,0.5\n");
  struct BadCall {
    std::vector<std::string> words;
    std::string problem;
  };
  const std::vector<BadCall> calls{
      {{"--at-tau", "-1"}, "the flow runs from tau = 0"},
      {{"--at-tau", "0,9"}, "--at-tau 9: the flow runs from tau = 0 to ln(Lambda/1.5) = 4.8953"},
      {{"--at-tau", "nan"}, "--at-tau: 'nan' is not finite"},
      {{"--at-tau", "0,1,2,3,4"}, "at most 4"},
      {{"--at-tau", "x"}, "--at-tau"},
      {{"--window", "5"}, "give two modes as K1:K2"},
      {{"--window", "a:b"}, "'a' is not a whole number"},
      {{"--window", "-3:5"}, "--window: must lie in 0"},
      {{"--window", "100:10"}, "--window 100:10: give two of the modes 1 to 200"},
      {{"--window", "0:10"}, "modes 1 to 200"},
      {{"--window", "1:201"}, "modes 1 to 200"},
      {{"--second-cutoff", "0"}, "at least one mode"},
      {{"--second-cutoff", "200"}, "below the 200 of the first"},
      {{"--second-cutoff", "many"}, "--second-cutoff"},
      {{"--samples", "1", "--check"}, "no second cutoff"},
      {{"--check", "--chains", "10"}, "10 chains are too few"},
      {{"--alpha", "-1.5"}, "alpha = -1.5"},
      {{"--w", "0.1"}, "a sextic coupling is not in it"},
      {{"--out", "x.nc"}, "use .csv or .json"},
      {{"--spectrum", spectrum, "--samples", "10", "--window", "1:2"}, "needs power-law data"},
      {{"--spectrum", spectrum, "--samples", "10", "--at-tau", "0"}, "needs power-law data"},
      {{"--second-cutof", "3"}, "did you mean --second-cutoff?"},
  };
  for (const BadCall& call : calls) {
    const Outcome outcome = run(small_flow(call.words));
    EXPECT_EQ(outcome.status, 2) << call.problem << "\n" << outcome.out << outcome.told;
    EXPECT_EQ(outcome.out, "") << call.problem;
    EXPECT_THAT(outcome.told, HasSubstr(call.problem));
    EXPECT_EQ(std::count(outcome.told.begin(), outcome.told.end(), '\n'), 1) << outcome.told;
  }
}

TEST(FlowOutput, BreakdownOfTheDecimationIsAFailureWhereItMatters) {
  // Few modes at very strong coupling: U would turn negative at once.
  const std::vector<std::string> broken{"--samples", "1", "--modes", "4", "--kappa", "1e3", "--u", "50"};
  std::vector<std::string> words = broken;
  const Outcome seen = run(small_flow(words));
  EXPECT_EQ(seen.status, 0) << seen.told;
  EXPECT_THAT(seen.told, HasSubstr("no second cutoff: the decimation breaks down at mode"));
  words.insert(words.end(), {"--second-cutoff", "1"});
  const Outcome asked = run(small_flow(words));
  EXPECT_EQ(asked.status, 3) << asked.told;
  EXPECT_THAT(asked.told, HasSubstr("breaks down at mode"));
}

}  // namespace
}  // namespace ridgeflow::test
