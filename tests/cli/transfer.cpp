// ridgeflow transfer: its numbers, the run file it writes, and its check by samples.
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "support/csv.hpp"

namespace ridgeflow::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

/// A check that takes a moment, with \p more arguments.
std::vector<std::string> small_check(const std::vector<std::string>& more = {}) {
  return with_defaults({"transfer", "--check", "--backend", "cpu", "--seed", "1"},
                       {{"--samples", "60"}, {"--to", "30"}, {"--chains", "64"}, {"--draws", "64000"}}, more);
}

std::string exactly(double value) {
  return fmt::format("{:.17g}", value);
}

TEST(TransferCsv, IsTheReferenceTable) {
  const Table expected = read_table(reference_path("transfer"));
  const TemporaryFolder folder;
  std::size_t row = 0;
  for (const char* u : {"0.05", "0.5"}) {
    const std::string path = folder / "transfer.csv";
    const Outcome outcome =
        run({"transfer", "--to", "500,250,100", "--u", u, "--kappa", exactly(1000 / std::pow(10.0, 2.4)),
             "--format", "csv", "--out", path, "--force"});
    ASSERT_EQ(outcome.status, 0) << outcome.told;
    EXPECT_EQ(outcome.out, read_text(path));
    EXPECT_TRUE(outcome.out.starts_with("P,u,P_target,r_tilde,U_tilde,kappa_tilde,u_tilde\n"));
    const Table table = read_table(path);
    ASSERT_EQ(table.rows(), 3U);
    for (std::size_t i = 0; i < 3; ++i, ++row) {
      for (const std::string& column : table.columns) {
        EXPECT_LT(relative_deviation(table.column(column)[i], expected.column(column)[row]), 1e-9) << column;
      }
    }
  }
  EXPECT_EQ(row, expected.rows());
}

TEST(TransferJson, SaysHowFarTheMomentsAreOff) {
  const Table expected = read_table(reference_path("transfer"));
  const json found =
      run_json({"transfer", "--to", "500,100", "--kappa", exactly(1000 / std::pow(10.0, 2.4))});
  EXPECT_EQ(found["kind"], "transfer");
  EXPECT_TRUE(found["check"].is_null());
  ASSERT_EQ(found["targets"].size(), 2U);
  for (const auto& [i, row] : {std::pair<std::size_t, std::size_t>{0, 0}, {1, 2}}) {
    const json& target = found["targets"][i];
    EXPECT_NEAR(target["deviation"]["mean"], expected.column("max_rel_mean_error")[row], 1e-12);
    EXPECT_NEAR(target["deviation"]["variance"], expected.column("max_rel_var_error")[row], 1e-12);
    EXPECT_GT(target["kept_deviation"]["mean"].get<double>(), 0.9);
    EXPECT_LT(target["largest_bubble"].get<double>(), 0.1);
  }
}

TEST(TransferUp, IsTheWayBack) {
  const json large = run_json({"transfer", "--samples", "200", "--to", "80", "--u", "0.3"});
  const json down = large["targets"][0];
  const json up = run_json({"transfer", "--samples", "80", "--to", "200", "--kappa",
                            exactly(down["kappa"].get<double>()), "--u", exactly(down["u"].get<double>())});
  EXPECT_LT(relative_deviation(up["targets"][0]["u"], 0.3), 1e-12);
  EXPECT_LT(relative_deviation(up["targets"][0]["kappa"], large["given"]["kappa"]), 1e-12);
  EXPECT_EQ(up["targets"][0]["M"], 200);
}

TEST(TransferUp, TakesTheLargerModesFromTheSpectrumFile) {
  const TemporaryFolder folder;
  std::string text = "a,y\n";
  for (int k = 1; k <= 50; ++k) {
    text += fmt::format("{:.17g},{:.17g}\n", std::pow(k, 1.4), std::pow(k, -0.6));
  }
  const std::string file = folder.write("modes.csv", text);
  const std::string written = folder / "larger.toml";
  const json up = run_json(
      {"transfer", "--spectrum", file, "--modes", "20", "--samples", "20", "--to", "50", "--write", written});
  EXPECT_EQ(up["given"]["P"], 20);
  EXPECT_EQ(up["targets"][0]["M"], 50);
  // and the run file of the larger system leads back
  const json down = run_json({"transfer", written, "--to", "20"});
  EXPECT_EQ(down["given"]["M"], 50);
  EXPECT_LT(relative_deviation(down["targets"][0]["u"], 0.05), 1e-12);
  const Outcome missing =
      run({"transfer", "--spectrum", file, "--modes", "20", "--samples", "20", "--to", "51"});
  EXPECT_EQ(missing.status, 2);
  EXPECT_THAT(missing.told, HasSubstr("--to 51: modes M = 51: the spectrum"));
  EXPECT_THAT(missing.told, HasSubstr("has modes 1 to 50; a larger system needs its own modes too"));
}

TEST(TransferWrite, RunsWithTheTransferredCouplings) {
  const TemporaryFolder folder;
  const std::string path = folder / "small.toml";
  const json target = run_json({"transfer", "--samples", "60", "--to", "30", "--write", path, "--chains",
                                "64", "--draws", "64000", "--seed", "7", "--backend", "cpu"})["targets"][0];
  EXPECT_TRUE(read_text(path).starts_with("# Transferred from P = 60"));
  const json compared = run_json({"compare", path, "--require"});
  EXPECT_EQ(compared["parameters"]["P"], 30);
  EXPECT_EQ(compared["parameters"]["M"], 30);
  EXPECT_EQ(compared["parameters"]["kappa"], target["kappa"]);
  EXPECT_EQ(compared["parameters"]["u"], target["u"]);
  EXPECT_EQ(compared["run"]["chains"], 64);
  EXPECT_EQ(compared["run"]["seed"], 7);
}

TEST(TransferCheck, TransferredAgreesAndKeptDoesNot) {
  const json found = run_json(small_check({"--require"}));
  const json& check = found["check"];
  EXPECT_TRUE(check["agrees"].get<bool>());
  ASSERT_EQ(check["systems"].size(), 3U);
  const char* const roles[] = {"given", "transferred", "kept"};
  for (std::size_t i = 0; i < 3; ++i) {
    const json& system = check["systems"][i];
    EXPECT_EQ(system["role"], roles[i]);
    EXPECT_EQ(system["P"], i == 0 ? 60 : 30);
    EXPECT_EQ(system["measured"]["mean"].size(), i == 0 ? 60U : 30U);
    EXPECT_EQ(system["exact"]["variance"].size(), i == 0 ? 60U : 30U);
    EXPECT_GT(system["against_exact"]["mean"]["p_value"].get<double>(), 1e-3);
    EXPECT_GT(system["against_exact"]["variance"]["p_value"].get<double>(), 1e-3);
  }
  EXPECT_EQ(check["systems"][2]["u"], 0.05);
  const json& difference = check["differences"][0];
  for (const char* what : {"mean", "variance"}) {
    EXPECT_GT(difference["transferred"][what]["p_value"].get<double>(), 1e-3) << what;
    EXPECT_LT(difference["kept"][what]["p_value"].get<double>(), 1e-12) << what;
  }
  // systems do not share their noise, and the difference is that of the moments
  const json& given = check["systems"][0]["measured"];
  const json& small = check["systems"][1]["measured"];
  EXPECT_NE(given["mean"][0], small["mean"][0]);
  EXPECT_NEAR(difference["transferred"]["mean"]["difference"][4].get<double>(),
              small["mean"][4].get<double>() - given["mean"][4].get<double>(), 1e-15);
  EXPECT_NEAR(difference["transferred"]["mean"]["error"][4].get<double>(),
              std::hypot(small["mcse_mean"][4].get<double>(), given["mcse_mean"][4].get<double>()), 1e-15);
}

// At strong coupling the first-order couplings are off by far more than the error: the check must see it.
TEST(TransferCheck, SeesCouplingsThatAreWrong) {
  const std::vector<std::string> words =
      small_check({"--samples", "20", "--to", "2", "--u", "20", "--kappa", "20", "--draws", "640000"});
  const json found = run_json(words);
  EXPECT_GT(found["targets"][0]["deviation"]["variance"].get<double>(), 0.02);
  EXPECT_FALSE(found["check"]["agrees"].get<bool>());
  std::vector<std::string> required = words;
  required.emplace_back("--require");
  const Outcome outcome = run(required);
  EXPECT_EQ(outcome.status, 1) << outcome.told;
  EXPECT_THAT(outcome.told, HasSubstr("required comparison failed: P' = 2"));
  EXPECT_THAT(outcome.out, HasSubstr("DO NOT agree"));
}

TEST(TransferOutput, TableReadsWellAnywhere) {
  const Outcome outcome = run(small_check({"--to", "30,10"}));
  ASSERT_EQ(outcome.status, 0) << outcome.told;
  expect_plain_lines(outcome.out);
  for (const char* part : {"Couplings with which P' samples", "largest bubble", "kappa, u kept",
                           "Sampled systems", "sqrt(P) <d_k> of P' = 10", "convention"}) {
    EXPECT_THAT(outcome.out, HasSubstr(part));
  }
}

TEST(TransferOutput, DryRunSaysWhatItTakes) {
  const Outcome outcome = run(small_check({"--dry-run"}));
  EXPECT_EQ(outcome.status, 0) << outcome.told;
  EXPECT_THAT(outcome.out, HasSubstr("3 systems"));
  EXPECT_THAT(outcome.out, HasSubstr("time: about"));
}

}  // namespace
}  // namespace ridgeflow::test
