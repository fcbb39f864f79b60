#include "ridgeflow/io/spectrum_file.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "ridgeflow/io/files.hpp"

#include "io/file_kind.hpp"
#include "io/spectrum_csv.hpp"
#include "io/spectrum_npy.hpp"

namespace ridgeflow {

Spectrum read_spectrum(const std::string& path) {
  const std::string text = read_whole_file(path, kMaxSpectrumBytes, "spectrum");
  io::require_spectrum(io::kind_of(std::string_view(text).substr(0, io::kKindBytes)), path);
  const bool npy = text.starts_with(io::kNpyMagic) || path.ends_with(".npy");
  return npy ? io::parse_npy(text, path) : io::parse_csv(text, path);
}

Spectrum largest_first(const Spectrum& spectrum) {
  std::vector<std::size_t> order(spectrum.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t one, std::size_t other) { return spectrum.a[one] < spectrum.a[other]; });
  Spectrum sorted;
  sorted.a.reserve(order.size());
  sorted.y.reserve(order.size());
  for (const std::size_t k : order) {
    sorted.a.push_back(spectrum.a[k]);
    sorted.y.push_back(spectrum.y[k]);
  }
  return sorted;
}

std::optional<std::string> order_warning(const Spectrum& spectrum, const std::string& path) {
  const std::vector<double>& a = spectrum.a;
  constexpr double kRounding = 1e-6;  // of numbers in single precision, or printed in few digits
  const double largest = a.empty() ? 0.0 : 1.0 / *std::min_element(a.begin(), a.end());
  for (std::size_t k = 0; k + 1 < a.size(); ++k) {
    const bool falls = a[k + 1] < a[k] * (1.0 - kRounding);
    if (falls && 1.0 / a[k + 1] - 1.0 / a[k] > std::numeric_limits<double>::epsilon() * largest) {
      return fmt::format(
          "spectrum {}: a falls from {:.4g} to {:.4g} at k = {}. Either the modes are not in order, largest "
          "lambda (smallest a) first, as the renormalization group and --modes take them: --sort sorts them. "
          "Or {}",
          path, a[k], a[k + 1], k + 2,
          path.ends_with(".npy") ? "the first column is lambda where a = 1/lambda is read: save 1/lambda"
                                 : "the header says a where the column is lambda, or lambda where it is a");
    }
  }
  return std::nullopt;
}

}  // namespace ridgeflow
