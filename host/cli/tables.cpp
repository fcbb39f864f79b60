#include "cli/tables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iterator>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "ridgeflow/base/error.hpp"
#include "ridgeflow/theory/decimation.hpp"
#include "ridgeflow/theory/learning_curve.hpp"

#include "cli/lines.hpp"

namespace ridgeflow::cli {

std::vector<std::size_t> shown_modes(std::size_t modes) {
  std::vector<std::size_t> shown;
  for (std::size_t decade = 1; decade <= modes; decade *= 10) {
    for (const std::size_t digit : {1U, 2U, 5U}) {
      if (digit * decade <= modes) {
        shown.push_back(digit * decade - 1);
      }
    }
  }
  if (shown.back() != modes - 1) {
    shown.push_back(modes - 1);
  }
  return shown;
}

std::string number(double value, int digits) {
  return std::isnan(value) ? "-" : fmt::format("{:#.{}g}", value, digits);
}

std::string mode_ranges(const std::vector<std::uint32_t>& modes, std::size_t parts) {
  std::string out;
  std::size_t written = 0;
  for (std::size_t i = 0; i < modes.size(); ++written) {
    if (written == parts) {
      return out + ", ...";
    }
    std::size_t last = i;
    while (last + 1 < modes.size() && modes[last + 1] == modes[last] + 1) {
      ++last;
    }
    out += out.empty() ? "" : ", ";
    out += last == i ? fmt::format("{}", modes[i]) : fmt::format("{}-{}", modes[i], modes[last]);
    i = last + 1;
  }
  return out;
}

std::string parameter_line(const Posterior& posterior) {
  const Couplings& given = posterior.couplings();
  const bool sextic = given.w != 0.0;
  return wrapped(
      fmt::format("P = {}, M = {}, kappa = {:.6g}, u = {:.6g}{}: r = {:.6g}, U = {:.6g}{}, rho* = {:.6g}, "
                  "rho*/r = {:.4f}",
                  given.samples, posterior.modes(), given.kappa, given.u,
                  sextic ? fmt::format(", w = {:.6g}", given.w) : "", posterior.ridge(), posterior.quartic(),
                  sextic ? fmt::format(", W = {:.6g}", posterior.sextic()) : "", posterior.hartree_ridge(),
                  posterior.hartree_ridge() / posterior.ridge()));
}

std::string columns_csv(const std::vector<CsvColumn>& columns) {
  fmt::memory_buffer out;
  const auto to = std::back_inserter(out);
  fmt::format_to(to, "k");
  for (const CsvColumn& column : columns) {
    fmt::format_to(to, ",{}", column.name);
  }
  fmt::format_to(to, "\n");
  const std::size_t modes = columns.empty() ? 0 : columns.front().numbers->size();
  for (std::size_t k = 0; k < modes; ++k) {
    fmt::format_to(to, "{}", k + 1);
    for (const CsvColumn& column : columns) {
      fmt::format_to(to, ",{:.17g}", (*column.numbers)[k]);
    }
    fmt::format_to(to, "\n");
  }
  return fmt::to_string(out);
}

std::string per_mode_csv(const Posterior& posterior, const std::vector<Prediction>& predictions,
                         const MomentSummary* measured, const ModeCumulants* cumulants,
                         const ModeCumulantEstimates* measured_cumulants,
                         const std::vector<CsvColumn>& more) {
  std::vector<CsvColumn> columns{{"a", &posterior.spectrum().a}, {"y", &posterior.spectrum().y}};
  for (const Prediction& prediction : predictions) {
    columns.push_back({fmt::format("{}_mean", to_string(prediction.theory)), &prediction.mean});
    columns.push_back({fmt::format("{}_var", to_string(prediction.theory)), &prediction.variance});
  }
  if (measured != nullptr) {
    columns.insert(columns.end(), {{"measured_mean", &measured->mean},
                                   {"measured_mean_mcse", &measured->mcse_mean},
                                   {"measured_var", &measured->variance},
                                   {"measured_var_mcse", &measured->mcse_variance},
                                   {"ess_mean", &measured->ess_mean},
                                   {"ess_sd", &measured->ess_sd},
                                   {"r_hat", &measured->r_hat},
                                   {"tau_int", &measured->tau_int}});
  }
  if (cumulants != nullptr) {
    columns.push_back({"exact_kappa3", &cumulants->third});
    columns.push_back({"exact_kappa4", &cumulants->fourth});
  }
  std::array<std::vector<double>, 4> estimates;  // third, its error, fourth, its error
  if (measured_cumulants != nullptr) {
    for (std::size_t i = 0; i < 2; ++i) {
      for (const Measured& each : i == 0 ? measured_cumulants->third : measured_cumulants->fourth) {
        estimates[2 * i].push_back(each.value);
        estimates[2 * i + 1].push_back(each.error);
      }
    }
    columns.insert(columns.end(), {{"measured_kappa3", &estimates[0]},
                                   {"measured_kappa3_mcse", &estimates[1]},
                                   {"measured_kappa4", &estimates[2]},
                                   {"measured_kappa4_mcse", &estimates[3]}});
  }
  columns.insert(columns.end(), more.begin(), more.end());
  return columns_csv(columns);
}

Json model_json(const Posterior& posterior) {
  Json json{{"P", posterior.couplings().samples},
            {"M", posterior.modes()},
            {"kappa", posterior.couplings().kappa},
            {"u", posterior.couplings().u},
            {"r", posterior.ridge()},
            {"U", posterior.quartic()},
            {"rho_star", posterior.hartree_ridge()}};
  if (posterior.sextic() != 0.0) {
    json["w"] = posterior.couplings().w;
    json["W"] = posterior.sextic();
  }
  return json;
}

Json parameters_json(const Posterior& posterior) {
  Json json = model_json(posterior);
  json["R_star"] = posterior.hartree_size();
  json["a"] = posterior.spectrum().a;
  json["y"] = posterior.spectrum().y;
  const SexticDecimation flow = wilson_couplings(posterior);
  json["rg_r"] = flow.ridge;
  json["rg_U"] = flow.quartic;
  if (posterior.sextic() != 0.0) {
    json["rg_W"] = flow.sextic;
  }
  return json;
}

Json predictions_json(const std::vector<Prediction>& predictions) {
  Json json = Json::object();
  for (const Prediction& prediction : predictions) {
    json[std::string(to_string(prediction.theory))] = {
        {"mean", prediction.mean}, {"variance", prediction.variance}, {"loss", loss_per_sample(prediction)}};
  }
  return json;
}

std::string dump(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

bool reader_is_gone() {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

void print_result(const std::string& text) {
  if ((std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) &&
      !reader_is_gone()) {
    throw DeviceError("standard output cannot be written: is the disk full?");
  }
}

void print_text(const std::string& text) {
  print_result(fitted(text));
}

}  // namespace ridgeflow::cli
