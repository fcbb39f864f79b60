#include "ridgeflow/run/golden.hpp"

#include <cmath>
#include <type_traits>
#include <utility>

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

constexpr double kScaleSquare = kNormalScale * kNormalScale;
constexpr double kLog2E = 1.44269504088896340736;
constexpr double kMalaStep = 0.5;

/// A draw of the stationary law.
ModeCoefficients golden_start(const GoldenMode& mode) {
  return {0.0, mode.mean, std::sqrt(mode.amplitude * mode.amplitude / (1.0 - mode.decay * mode.decay))};
}

template <class Integrator>
ModeCoefficients golden_coefficients(const GoldenMode& mode, std::uint32_t k, std::uint32_t set) {
  const double variance = mode.amplitude * mode.amplitude / (1.0 - mode.decay * mode.decay);
  if constexpr (std::is_same_v<Integrator, Perfect>) {
    return golden_start(mode);
  } else if constexpr (std::is_same_v<Integrator, Mala>) {
    return {1.0 - kMalaStep, kMalaStep * mode.mean, std::sqrt(2.0 * kMalaStep * variance),
            kScaleSquare / variance};
  } else {
    // a step that ends half way goes twice as far as its second set, whose noise has its sign turned
    const double decay = Integrator::kEndsHalfway && set == 0 ? mode.decay * mode.decay : mode.decay;
    const double noise = std::sqrt(variance * (1.0 - decay * decay));
    const double mobility = 1.0 + 0.25 * static_cast<double>(k % 4);
    return {decay, (1.0 - decay) * mode.mean, set == 1 ? -noise : noise,
            Integrator::kWeighs ? mobility : 0.0};
  }
}

/// An interaction strong enough that steps are refused and radial factors differ from 1.
ChainConstants<float> golden_constants(const GoldenCase& which, double mean_size, double variance_size) {
  ChainConstants<float> constants{static_cast<float>(0.125 / mean_size), static_cast<float>(mean_size),
                                  0.8125F, static_cast<float>(0.75 / variance_size)};
  if (which.sextic) {  // B - C R* > 0, as for every U, W >= 0
    constants.sextic_step = static_cast<float>(0.0625 / (mean_size * mean_size));
    constants.sextic_decay = 0.875F;
    constants.cubic_acceptance = static_cast<float>(0.25 / (variance_size * mean_size));
  }
  if (which.integrator == Mala::kName) {  // whose numbers must be those of one U and W to accept anything
    const double u = 6.0 / (variance_size * kLog2E);
    const double w = which.sextic ? 12.0 / (variance_size * mean_size * kLog2E) : 0.0;
    constants.acceptance_scale = static_cast<float>((0.125 * u + 0.0625 * w * mean_size) * kLog2E);
    constants.half_quartic = static_cast<float>(0.5 * u + 0.25 * w * mean_size);
    constants.quartic_by_noise = static_cast<float>((0.25 * u + 0.125 * w * mean_size) / kScaleSquare);
    constants.variance_by_noise = static_cast<float>(0.5 / (kMalaStep * kScaleSquare));
    constants.gradient_scale = static_cast<float>(0.25 * kMalaStep * kLog2E);
    constants.eighth_sextic = static_cast<float>(0.125 * w);
    constants.sextic_by_noise = static_cast<float>(0.0625 * w / kScaleSquare);
  }
  return constants;
}

BlockCoefficients<float>& block_of(ModeTables<float>& tables, std::uint32_t set, std::uint32_t k) {
  return tables.blocks[std::size_t{set} * tables.block_count() + k / kBlockModes];
}

ModeTables<float> empty_tables(std::uint32_t modes, std::uint32_t sets, bool weighs) {
  ModeTables<float> tables;
  tables.modes = modes;
  tables.sets = sets;
  tables.blocks.resize(std::size_t{sets} * tables.block_count());
  tables.weights.resize(weighs ? std::size_t{tables.block_count()} * kBlockModes : 0);
  return tables;
}

template <class Integrator>
SystemSetup<float> golden_system(const GoldenCase& which) {
  constexpr std::uint32_t kSets = kSetsOf<Integrator>;
  ModeTables<float> step = empty_tables(which.modes, kSets, Integrator::kWeighs);
  ModeTables<float> start = empty_tables(which.modes, kSets, false);
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
      if (!tables.weights.empty()) {
        tables.weights[k] = static_cast<float>(c.weight);
      }
    };
    for (std::uint32_t set = 0; set < kSets; ++set) {
      const ModeCoefficients c = golden_coefficients<Integrator>(mode, k, set);
      put(step, set, c);
      put(start, set, set == 0 ? golden_start(mode) : c);
    }
    const double variance =
        mode.amplitude * mode.amplitude / ((1.0 - mode.decay * mode.decay) * kScaleSquare);
    mean_size += variance + mode.mean * mode.mean;
    variance_size += 2.0 * variance * variance + 4.0 * variance * mode.mean * mode.mean;
  }
  step.constants = golden_constants(which, mean_size, variance_size);
  start.constants = step.constants;
  return {std::move(step), std::move(start), which.first_chain, which.chains};
}

}  // namespace

std::vector<GoldenCase> golden_cases() {
  // name, integrator, modes, first chain, chains, burn-in, every, draws, seed, sextic, mobile
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
      {"mala_5", "mala", 5, 2, 17, 7, 1, 66, 17},
      {"mala_31", "mala", 31, 0, 9, 0, 3, 12, 18},
      {"mala_sextic_5", "mala", 5, 0, 17, 7, 1, 20, 19, true},
      {"euler_mobile_31", "euler", 31, 5, 19, 7, 1, 12, 20, false, true},
      {"hartree_mobile_5", "hartree", 5, 0, 17, 7, 3, 20, 21, false, true},
      {"hartree_mobile_31", "hartree", 31, 0, 9, 0, 1, 12, 22, false, true},
      {"strang_mobile_5", "strang", 5, 0, 17, 0, 1, 20, 23, false, true},
      {"euler_mobile_sextic_5", "euler", 5, 0, 9, 7, 1, 20, 24, true, true},
      {"hartree_mobile_sextic_5", "hartree", 5, 0, 9, 7, 1, 20, 25, true, true},
      {"strang_mobile_sextic_5", "strang", 5, 0, 9, 7, 3, 20, 26, true, true},
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
  const std::size_t named = find_integrator(which.integrator);
  setup.integrator = which.mobile ? with_any_mobility(named) : named;
  setup.plan.schedule = {which.burn_in, which.every, which.draws};
  setup.plan.measure = make_measure_plan(which.draws);
  setup.plan.key = noise_key(which.seed);

  visit_integrator(setup.integrator, [&](auto integrator) {
    setup.systems.push_back(golden_system<decltype(integrator)>(which));
  });
  return setup;
}

std::uint64_t golden_hash(const GoldenCase& which, Executor& executor) {
  executor.start();
  executor.advance(golden_setup(which).plan.schedule.passes());
  return trajectory_hash(executor.export_chains(0, 0, which.chains));
}

}  // namespace ridgeflow
