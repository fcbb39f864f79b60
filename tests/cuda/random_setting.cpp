#include "cuda/random_setting.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/random/streams.hpp"
#include "ridgeflow/run/tables.hpp"

namespace ridgeflow::test {
namespace {

/// Whole numbers and choices that are the same with every standard library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : generator_(seed) {}

  std::uint64_t word() { return this->generator_(); }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) {
    return low + this->generator_() % (high - low + 1);
  }
  bool one_in(std::uint64_t n) { return this->generator_() % n == 0; }
  double real(double low, double high) {
    return low + (high - low) * static_cast<double>(this->generator_() >> 11) * 0x1p-53;
  }
  /// Every factor as likely: of low <= x <= high.
  double scale(double low, double high) { return std::exp(this->real(std::log(low), std::log(high))); }

 private:
  std::mt19937_64 generator_;
};

/// Of the same chance: modes for a thread, a warp, a block, a block's shared memory, memory, and the
/// neighbours of powers of two, where variants change.
std::uint64_t any_modes(Dice& dice) {
  switch (dice.between(0, 5)) {
    case 0:
      return dice.between(1, 40);
    case 1:
      return dice.between(41, 400);
    case 2:
      return dice.between(401, 3000);
    case 3:
      return dice.between(3001, 12288);
    case 4:
      return dice.between(12289, 40000);
    default:
      return (std::uint64_t{1} << dice.between(2, 15)) + dice.between(0, 2) - 1;
  }
}

Posterior any_posterior(Dice& dice, std::uint64_t modes, std::string& description) {
  const double alpha = dice.real(0.1, 1.5);
  const double beta = dice.real(0.1, 1.5);
  const Couplings couplings{static_cast<std::int64_t>(dice.between(1, 2000)), dice.scale(0.1, 100),
                            dice.one_in(8) ? 0.0 : dice.scale(1e-4, 10),
                            dice.one_in(4) ? dice.scale(1e-3, 1) : 0};
  std::ostringstream text;
  text << modes << " modes, alpha " << alpha << ", beta " << beta << ", P " << couplings.samples << ", kappa "
       << couplings.kappa << ", u " << couplings.u << ", w " << couplings.w;
  description = text.str();
  return Posterior(power_law_spectrum(modes, alpha, beta), couplings);
}

void choose_observations(Dice& dice, std::uint64_t modes, ObserveOptions& observe) {
  observe.every = dice.between(1, 4);
  observe.cumulants = dice.one_in(2);
  for (std::uint64_t pairs = dice.one_in(2) ? dice.between(1, 4) : 0; pairs > 0 && modes > 1; --pairs) {
    const std::size_t first = dice.between(0, modes - 2);
    const ModePair pair{first, dice.between(first + 1, modes - 1)};
    if (std::find(observe.pairs.begin(), observe.pairs.end(), pair) == observe.pairs.end()) {
      observe.pairs.push_back(pair);
    }
  }
  observe.keep = dice.one_in(2) ? dice.between(1, 5) : 0;
}

RandomSetting any_setting(Dice& dice) {
  RandomSetting setting;
  SamplerOptions& options = setting.options;
  options.integrator = std::string(kIntegratorNames[dice.between(0, kNamedIntegrators - 1)]);
  options.precision = dice.one_in(3) ? Precision::kDouble : Precision::kSingle;
  options.start = static_cast<Start>(dice.between(0, 2));
  options.mobility = dice.one_in(3) ? Mobility::kKernel : Mobility::kField;
  options.seed = dice.word();
  options.every = dice.between(1, 4);
  options.burn_in = dice.between(0, 6);
  setting.cut = dice.word();
  setting.sampled = dice.one_in(3);
  options.math = !setting.sampled && options.precision == Precision::kSingle && dice.one_in(6)
                     ? Math::kFast
                     : Math::kReproducible;

  const std::uint64_t systems = dice.one_in(3) ? dice.between(2, 6) : 1;
  std::uint64_t values = 0;  // of all states
  std::uint64_t fewest_modes = ~std::uint64_t{0};
  options.chains = kMinChains + dice.between(0, 40);
  for (std::uint64_t s = 0; s < systems; ++s) {
    const std::uint64_t modes = setting.sampled ? any_modes(dice) % 1500 + 1 : any_modes(dice);
    setting.chains.push_back(setting.sampled ? options.chains : dice.between(1, modes > 3000 ? 5 : 80));
    setting.posteriors.push_back(any_posterior(dice, modes, setting.descriptions.emplace_back()));
    values += modes * setting.chains.back();
    fewest_modes = std::min(fewest_modes, modes);
  }
  if (systems == 1 && dice.one_in(4)) {
    for (std::uint64_t k = 0; k < fewest_modes; ++k) {
      options.mobilities.push_back(dice.scale(0.2, 5));
    }
  }
  if (setting.sampled) {
    choose_observations(dice, fewest_modes, options.observe);
  }
  constexpr std::uint64_t kUpdates = 3'000'000;  // of modes, at most: some 20 ms of the emulator
  const std::uint64_t most_draws = std::clamp<std::uint64_t>(kUpdates / (values * options.every), 3, 1500);
  options.steps = options.every * dice.between(2, most_draws);
  const std::uint64_t last_chain = kMaxChains - 4096;
  options.first_chain = dice.one_in(3) ? 0 : dice.one_in(2) ? dice.between(1, 5000) : last_chain;
  return setting;
}

}  // namespace

std::string RandomSetting::describe() const {
  std::ostringstream text;
  text << (this->sampled ? "sampled" : "executor") << ", " << this->options.integrator << ", "
       << to_string(this->options.precision) << ", " << to_string(this->options.math) << ", mobility "
       << (this->options.mobilities.empty() ? to_string(this->options.mobility) : "of each mode")
       << ", start " << to_string(this->options.start) << ", seed " << this->options.seed << ", first chain "
       << this->options.first_chain << ", steps " << this->options.steps.value_or(0) << ", every "
       << this->options.every << ", burn-in " << this->options.burn_in.value_or(0) << ", cut " << this->cut;
  if (this->sampled) {
    text << ", cumulants " << this->options.observe.cumulants << ", pairs "
         << this->options.observe.pairs.size() << ", keep " << this->options.observe.keep
         << ", observed every " << this->options.observe.every;
  }
  for (std::size_t s = 0; s < this->descriptions.size(); ++s) {
    text << "; " << this->chains[s] << " chains of " << this->descriptions[s];
  }
  return text.str();
}

ResolvedRun resolve_system(const RandomSetting& setting, std::size_t s) {
  SamplerOptions options = setting.options;
  options.chains = std::max(setting.chains[s], kMinChains);
  return resolve(options, setting.posteriors[s]);
}

RandomSetting random_setting(std::uint64_t index) {
  Dice dice(index);
  for (;;) {
    RandomSetting setting = any_setting(dice);
    try {
      for (std::size_t s = 0; s < setting.posteriors.size(); ++s) {
        const ResolvedRun run = resolve_system(setting, s);
        if (setting.options.precision == Precision::kSingle) {
          static_cast<void>(make_system<float>(setting.posteriors[s], run));
        } else {
          static_cast<void>(make_system<double>(setting.posteriors[s], run));
        }
      }
      return setting;
    } catch (const InvalidInput&) {
      // integrators refuse some couplings, mobilities and steps: another one
    }
  }
}

}  // namespace ridgeflow::test
