#include "ridgeflow/measure/draw_store.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "measure/bytes.hpp"

namespace ridgeflow {

double DrawShape::bytes() const {
  const double per_draw =
      static_cast<double>(this->modes) * static_cast<double>(this->wide ? sizeof(double) : sizeof(float)) +
      static_cast<double>(sizeof(double));
  return static_cast<double>(this->chains.chains) * static_cast<double>(this->draws) * per_draw;
}

DrawStore::DrawStore(const DrawShape& shape) : shape_(shape) {
  const std::uint64_t places = shape.chains.chains * shape.draws;
  if (shape.wide) {
    wide_.resize(places * shape.modes);
  } else {
    single_.resize(places * shape.modes);
  }
  size_.resize(places, std::numeric_limits<double>::quiet_NaN());  // NaN: nothing counted yet
}

void DrawStore::keep(std::uint64_t draw, const StateTile& tile) {
  const std::uint64_t modes = shape_.modes;
  for (std::uint64_t c = 0; c < tile.chains(); ++c) {
    const std::uint64_t first = (tile.first_chain - shape_.chains.first + c) * shape_.draws;
    // A refused draw leaves the state as it was: unless it is still the start, which is no draw.
    const bool has_one = tile.measured[c] > 0;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    // Places that came before the first counted draw take it.
    std::uint64_t from = draw;
    while (has_one && from > 0 && std::isnan(size_[first + from - 1])) {
      --from;
    }
    for (std::uint64_t place = first + from; place <= first + draw; ++place) {
      size_[place] = has_one ? tile.size[c] : nan;
      const double* d = tile.d.data() + c * modes;
      for (std::uint64_t k = 0; k < modes; ++k) {
        const double value = has_one ? d[k] : nan;
        if (shape_.wide) {
          wide_[place * modes + k] = value;
        } else {
          single_[place * modes + k] = static_cast<float>(value);
        }
      }
    }
  }
}

DrawStore DrawStore::leading(std::uint64_t draws) const {
  if (draws >= shape_.draws) {
    return *this;
  }
  DrawShape shape = shape_;
  shape.draws = draws;
  DrawStore first(shape);
  const auto copy = [&](const auto& from, auto& to, std::uint64_t numbers) {  // of one draw
    for (std::uint64_t c = 0; !from.empty() && c < shape.chains.chains; ++c) {
      std::copy_n(from.data() + c * shape_.draws * numbers, draws * numbers, to.data() + c * draws * numbers);
    }
  };
  copy(single_, first.single_, shape.modes);
  copy(wide_, first.wide_, shape.modes);
  copy(size_, first.size_, 1);
  return first;
}

void DrawStore::append(const DrawStore& next) {
  const DrawShape& theirs = next.shape_;
  if (shape_.chains.first + shape_.chains.chains != theirs.chains.first || shape_.draws != theirs.draws ||
      shape_.keep_every != theirs.keep_every || shape_.modes != theirs.modes || shape_.wide != theirs.wide) {
    throw std::logic_error("kept draws can only be appended to those of the chains before them");
  }
  single_.insert(single_.end(), next.single_.begin(), next.single_.end());
  wide_.insert(wide_.end(), next.wide_.begin(), next.wide_.end());
  size_.insert(size_.end(), next.size_.begin(), next.size_.end());
  shape_.chains.chains += theirs.chains.chains;
}

double DrawStore::d(std::uint64_t chain, std::uint64_t draw, std::uint32_t k) const {
  const std::uint64_t place = ((chain - shape_.chains.first) * shape_.draws + draw) * shape_.modes + k;
  return shape_.wide ? wide_.at(place) : static_cast<double>(single_.at(place));
}

std::vector<std::byte> DrawStore::serialize() const {
  std::vector<std::byte> bytes;
  put_number(bytes, shape_.chains);
  put_number(bytes, shape_.draws);
  put_number(bytes, shape_.keep_every);
  put_number(bytes, shape_.modes);
  put_number(bytes, static_cast<std::uint32_t>(shape_.wide));
  put_vector(bytes, single_);
  put_vector(bytes, wide_);
  put_vector(bytes, size_);
  return bytes;
}

DrawStore DrawStore::deserialize(std::span<const std::byte> bytes) {
  DrawStore store;
  store.shape_.chains = take_number<ChainRange>(bytes);
  store.shape_.draws = take_number<std::uint64_t>(bytes);
  store.shape_.keep_every = take_number<std::uint64_t>(bytes);
  store.shape_.modes = take_number<std::uint32_t>(bytes);
  store.shape_.wide = take_number<std::uint32_t>(bytes) != 0;
  store.single_ = take_vector<float>(bytes);
  store.wide_ = take_vector<double>(bytes);
  store.size_ = take_vector<double>(bytes);
  return store;
}

}  // namespace ridgeflow
