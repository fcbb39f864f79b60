#include "ridgeflow/run/golden.hpp"

#include <cmath>

#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/random/normal.hpp"
#include "ridgeflow/run/trajectory_hash.hpp"

namespace ridgeflow {
namespace {

struct Record {
  std::string_view name;
  std::uint64_t hash;
};
// rows of tests/data/golden_trajectories.csv (host/CMakeLists.txt)
constexpr Record kRecords[] = {
#include "golden_trajectories.inc"
    {"", 0}};

/// A made-up mode: an Ornstein-Uhlenbeck process of known decay, mean and amplitude.
struct GoldenMode {
  double decay;      ///< over half a step
  double mean;       ///< stationary
  double amplitude;  ///< of the noise over half a step, kNormalScale included
};

/// Decays from 1/2 to 1 - 2^-5 and, every sixth, a flushed one; means and amplitudes fall as 1/k.
GoldenMode golden_mode(std::uint32_t k) {
  const double fall = 1.0 / (1.0 + 0.0625 * k);
  const double sign = k % 3 == 1 ? -1.0 : 1.0;
  const double decay = k % 6 == 5 ? 0.0 : 1.0 - 1.0 / static_cast<double>(2U << (k % 5));
  return {decay, sign * (1.0 + k % 7) * 0.0625 * fall, (129.0 + (37U * k) % 127U) * 0x1p-9 * fall};
}

ModeCoefficients golden_coefficients(std::string_view integrator, const GoldenMode& mode, std::uint32_t set) {
  const double variance = mode.amplitude * mode.amplitude / (1.0 - mode.decay * mode.decay);
  if (integrator == Perfect::kName) {
    return {0.0, mode.mean, std::sqrt(variance)};
  }
  // what `hartree` steps with goes twice as far as its second set, whose noise has its sign turned
  const bool whole = integrator == Hartree::kName && set == 0;
  const double decay = whole ? mode.decay * mode.decay : mode.decay;
  const double noise = std::sqrt(variance * (1.0 - decay * decay));
  return {decay, (1.0 - decay) * mode.mean, set == 1 ? -noise : noise};
}

BlockCoefficients<float>& block_of(ModeTables<float>& tables, std::uint32_t set, std::uint32_t k) {
  return tables.blocks[std::size_t{set} * tables.block_count() + k / kBlockModes];
}

}  // namespace

std::vector<GoldenCase> golden_cases() {
  // name, integrator, modes, first chain, chains, burn-in, every, draws, seed, sextic
  std::vector<GoldenCase> cases{
      {"adjusted_1", "adjusted", 1, 0, 5, 0, 1, 40, 1},
      {"adjusted_31", "adjusted", 31, 7, 37, 7, 3, 70, 0x0123456789ABCDEFU},  // a flush, a ragged group
      {"adjusted_1000", "adjusted", 1000, 0, 17, 0, 1, 5, 2},
      {"euler_3", "euler", 3, 0, 16, 7, 1, 130, 3},  // halves, batches
      {"euler_130", "euler", 130, 1000001, 9, 0, 3, 20, 4},
      {"hartree_4", "hartree", 4, 3, 20, 7, 1, 66, 5},
      {"hartree_5", "hartree", 5, 0, 8, 7, 3, 300, 6},
      {"hartree_1000", "hartree", 1000, 0, 6, 0, 3, 4, 7},
      {"perfect_5", "perfect", 5, 0, 33, 0, 1, 200, 8},
      {"perfect_130", "perfect", 130, (std::uint64_t{1} << 32) - 21, 21, 7, 3, 12, ~std::uint64_t{0}},
      {"strang_3", "strang", 3, 0, 16, 0, 3, 129, 9},
      {"strang_31", "strang", 31, 12345, 19, 7, 1, 65, 10},
      {"strang_1000", "strang", 1000, 0, 5, 7, 1, 5, 11},
      {"adjusted_sextic_5", "adjusted", 5, 0, 17, 7, 1, 66, 12, true},
      {"euler_sextic_5", "euler", 5, 0, 9, 7, 1, 20, 13, true},
      {"hartree_sextic_5", "hartree", 5, 3, 17, 7, 3, 20, 14, true},
      {"perfect_sextic_5", "perfect", 5, 0, 17, 0, 1, 66, 15, true},
      {"strang_sextic_5", "strang", 5, 0, 17, 7, 1, 20, 16, true},
  };
  for (GoldenCase& each : cases) {
    for (const Record& record : kRecords) {
      if (record.name == each.name) {
        each.hash = record.hash;
      }
    }
  }
  return cases;
}

EnsembleSetup<float> golden_setup(const GoldenCase& which) {
  EnsembleSetup<float> setup;
  setup.integrator = find_integrator(which.integrator);
  const std::uint32_t sets =
      visit_integrator(setup.integrator, [](auto integrator) { return kSetsOf<decltype(integrator)>; });
  setup.plan.schedule = {which.burn_in, which.every, which.draws};
  setup.plan.measure = make_measure_plan(which.draws);
  setup.plan.key = noise_key(which.seed);

  ModeTables<float> step;
  step.modes = which.modes;
  step.sets = sets;
  step.blocks.resize(std::size_t{sets} * step.block_count());
  ModeTables<float> start;
  start.modes = which.modes;
  start.sets = sets;
  start.blocks.resize(std::size_t{sets} * start.block_count());
  double mean_size = 0;
  double variance_size = 0;
  for (std::uint32_t k = 0; k < which.modes; ++k) {
    const GoldenMode mode = golden_mode(k);
    const std::uint32_t j = k % kBlockModes;
    const auto put = [&](ModeTables<float>& tables, std::uint32_t set, const ModeCoefficients& c) {
      BlockCoefficients<float>& block = block_of(tables, set, k);
      block.decay[j] = static_cast<float>(c.decay);
      block.drift[j] = static_cast<float>(c.drift);
      block.noise[j] = static_cast<float>(c.noise);
      block.centre[j] = static_cast<float>(mode.mean);
    };
    for (std::uint32_t set = 0; set < sets; ++set) {
      put(step, set, golden_coefficients(which.integrator, mode, set));
    }
    put(start, 0, golden_coefficients(Perfect::kName, mode, 0));
    if (sets > 1) {
      put(start, 1, golden_coefficients(which.integrator, mode, 1));
    }
    const double variance =
        mode.amplitude * mode.amplitude / ((1.0 - mode.decay * mode.decay) * (kNormalScale * kNormalScale));
    mean_size += variance + mode.mean * mode.mean;
    variance_size += 2.0 * variance * variance + 4.0 * variance * mode.mean * mode.mean;
  }
  // An interaction strong enough that steps are refused and radial factors differ from 1.
  step.constants = {static_cast<float>(0.125 / mean_size), static_cast<float>(mean_size), 0.8125F,
                    static_cast<float>(0.75 / variance_size)};
  if (which.sextic) {  // B - C R* > 0, as for every U, W >= 0
    step.constants.sextic_step = static_cast<float>(0.0625 / (mean_size * mean_size));
    step.constants.sextic_decay = 0.875F;
    step.constants.cubic_acceptance = static_cast<float>(0.25 / (variance_size * mean_size));
  }
  start.constants = step.constants;
  setup.systems.push_back({std::move(step), std::move(start), which.first_chain, which.chains});
  return setup;
}

std::uint64_t golden_hash(const GoldenCase& which, Executor& executor) {
  executor.start();
  executor.advance(golden_setup(which).plan.schedule.passes());
  return trajectory_hash(executor.export_chains(0, 0, which.chains));
}

}  // namespace ridgeflow
