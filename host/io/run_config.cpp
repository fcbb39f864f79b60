#include "ridgeflow/io/run_config.hpp"

#include <filesystem>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/integrate/list.hpp"
#include "ridgeflow/io/spectrum_file.hpp"

namespace ridgeflow {
namespace {

constexpr std::int64_t kDefaultSamples = Couplings{}.samples;
constexpr double kDefaultAlpha = 0.2;
constexpr double kDefaultBeta = 0.3;
constexpr double kDefaultScale = 1.0;

Spectrum read_spectrum_for(const ModelConfig& model) {
  validate(
      !model.alpha && !model.beta && !model.scale,
      fmt::format("alpha, beta and scale describe a power law, but the spectrum is read from {}: give one or "
                  "the other",
                  model.spectrum));
  Spectrum spectrum = read_spectrum(model.spectrum);
  return model.sort ? largest_first(spectrum) : spectrum;
}

void keep_modes(Spectrum& spectrum, const ModelConfig& model) {
  if (!model.modes) {
    return;
  }
  validate(*model.modes >= 1 && *model.modes <= spectrum.size(),
           fmt::format("modes M = {}: the spectrum {} has modes 1 to {}", *model.modes, model.spectrum,
                       spectrum.size()));
  spectrum.a.resize(static_cast<std::size_t>(*model.modes));
  spectrum.y.resize(static_cast<std::size_t>(*model.modes));
}

}  // namespace

std::optional<std::string> load_spectrum(ModelConfig& model) {
  if (model.spectrum.empty()) {
    return std::nullopt;
  }
  model.read = std::make_shared<const Spectrum>(read_spectrum_for(model));
  return order_warning(*model.read, model.spectrum);
}

Posterior make_posterior(const ModelConfig& model) {
  Couplings couplings{model.samples.value_or(kDefaultSamples), model.kappa, model.u, model.w};
  if (!model.spectrum.empty()) {
    Spectrum spectrum = model.read ? *model.read : read_spectrum_for(model);
    couplings.samples = model.samples.value_or(static_cast<std::int64_t>(spectrum.size()));
    keep_modes(spectrum, model);  // P is that of the file, however many modes are kept
    return Posterior(std::move(spectrum), couplings);
  }
  validate(!model.sort,
           "sort is for the modes of a spectrum file, and none is given (--spectrum FILE); those of a power "
           "law are in order");
  validate_couplings(couplings);  // P is about to be a number of modes
  const std::uint64_t modes = model.modes.value_or(static_cast<std::uint64_t>(couplings.samples));
  return Posterior(power_law_spectrum(static_cast<std::size_t>(modes), model.alpha.value_or(kDefaultAlpha),
                                      model.beta.value_or(kDefaultBeta), model.scale.value_or(kDefaultScale)),
                   couplings);
}

std::vector<Theory> theories_of(const RunConfig& config, const Posterior& posterior) {
  if (!config.theories) {
    return defined_theories(posterior);
  }
  validate_theories(posterior, *config.theories);
  return *config.theories;
}

RunConfig resolved_config(const RunConfig& config, const Posterior& posterior, const ResolvedRun* run) {
  RunConfig full = config;
  full.model.samples = posterior.couplings().samples;
  full.model.modes = posterior.modes();
  if (full.model.spectrum.empty()) {
    full.model.alpha = config.model.alpha.value_or(kDefaultAlpha);
    full.model.beta = config.model.beta.value_or(kDefaultBeta);
    full.model.scale = config.model.scale.value_or(kDefaultScale);
  } else {
    full.model.spectrum = std::filesystem::absolute(config.model.spectrum).lexically_normal().string();
  }
  full.theories = theories_of(config, posterior);
  if (run != nullptr) {
    const bool has_step =
        visit_integrator(run->integrator, [](auto integrator) { return decltype(integrator)::kHasStep; });
    if (has_step) {
      full.sampler.step = run->problem.step;
    }
    full.seed = config.sampler.seed;
    full.sampler.precision = run->precision;
    full.sampler.burn_in = run->plan.schedule.burn_in;
    full.sampler.draws = run->chains * run->draws_per_chain;
    full.sampler.steps.reset();
  }
  return full;
}

}  // namespace ridgeflow
