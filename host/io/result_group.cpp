#include "io/result_group.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace ridgeflow::io {

ResultGroup& ResultGroup::make_group(const std::string& name) {
  this->groups_.push_back(std::make_unique<ResultGroup>(name));
  return *this->groups_.back();
}

int ResultGroup::add_dimension(Dimension dimension) {
  this->dimensions_.push_back(std::move(dimension));
  return static_cast<int>(this->dimensions_.size()) - 1;
}

int ResultGroup::add_counted_dimension(const std::string& name, std::size_t size, Meaning meaning) {
  return this->add_spaced_dimension(name, 1, 1, size, meaning);
}

int ResultGroup::add_spaced_dimension(const std::string& name, std::uint64_t first, std::uint64_t stride,
                                      std::size_t size, Meaning meaning) {
  return this->add_dimension({name, size,
                              Spaced{static_cast<std::int64_t>(first), static_cast<std::int64_t>(stride)},
                              std::string(meaning.units), std::string(meaning.long_name)});
}

int ResultGroup::add_named_dimension(const std::string& name, const std::vector<std::string>& names,
                                     Meaning meaning) {
  return this->add_dimension(
      {name, names.size(), names, std::string(meaning.units), std::string(meaning.long_name)});
}

std::size_t ResultGroup::size_of(const std::vector<int>& dimensions) const {
  std::size_t size = 1;
  for (const int dimension : dimensions) {
    size *= this->dimensions_.at(static_cast<std::size_t>(dimension)).size;
  }
  return size;
}

void ResultGroup::add_variable(Variable variable) {
  const std::size_t given = std::visit([](const auto& values) { return values.size(); }, variable.values);
  if (given != this->size_of(variable.dimensions)) {
    throw std::logic_error("variable " + variable.name + " does not fill its dimensions");
  }
  this->variables_.push_back(std::move(variable));
}

void ResultGroup::add(const std::string& name, const std::vector<int>& dimensions, std::vector<double> values,
                      Meaning meaning) {
  this->add_variable(
      {name, dimensions, std::move(values), std::string(meaning.units), std::string(meaning.long_name)});
}

void ResultGroup::add(const std::string& name, double value, Meaning meaning) {
  this->add(name, {}, std::vector<double>{value}, meaning);
}

void ResultGroup::add(const std::string& name, std::uint64_t value, Meaning meaning) {
  this->add_variable({name,
                      {},
                      std::vector<std::uint64_t>{value},
                      std::string(meaning.units),
                      std::string(meaning.long_name)});
}

void ResultGroup::add_view(const std::string& name, const std::vector<int>& dimensions,
                           std::span<const double> values, Meaning meaning) {
  this->add_variable({name, dimensions, values, std::string(meaning.units), std::string(meaning.long_name)});
}
void ResultGroup::add_view(const std::string& name, const std::vector<int>& dimensions,
                           std::span<const float> values, Meaning meaning) {
  this->add_variable({name, dimensions, values, std::string(meaning.units), std::string(meaning.long_name)});
}

void ResultGroup::set_attribute(const std::string& name, std::string_view text) {
  this->attributes_.emplace_back(name, std::string(text));
}
void ResultGroup::set_attribute(const std::string& name, std::uint64_t value) {
  this->attributes_.emplace_back(name, value);
}

const ResultGroup* ResultGroup::find_group(const std::string& name) const {
  const auto found = std::find_if(this->groups_.begin(), this->groups_.end(),
                                  [&](const auto& g) { return g->name() == name; });
  return found == this->groups_.end() ? nullptr : found->get();
}

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

using Names = std::vector<std::string>;
using Sources = std::vector<const ResultGroup*>;  ///< [system]; null where a system has no such group

template <class Parts, class Name>
auto find_named(const Parts& parts, const Name& name) {
  return std::find_if(parts.begin(), parts.end(), [&](const auto& part) { return part.name == name; });
}

/// A dimension of all systems: the longest, of names their union; numbers that differ become 0, 1, ...
void merge_dimension(std::vector<ResultGroup::Dimension>& all, const ResultGroup::Dimension& one) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == one.name; });
  if (found == all.end()) {
    all.push_back(one);
    return;
  }
  if (auto* names = std::get_if<Names>(&found->coordinates); names != nullptr) {
    for (const std::string& name : std::get<Names>(one.coordinates)) {
      if (std::find(names->begin(), names->end(), name) == names->end()) {
        names->push_back(name);
      }
    }
    found->size = names->size();
    return;
  }
  if (found->coordinates != one.coordinates) {
    found->coordinates = Spaced{0, 1};
  }
  found->size = std::max(found->size, one.size);
}

double number_at(const ResultGroup::Values& values, std::size_t i) {
  return std::visit([i](const auto& all) { return static_cast<double>(all[i]); }, values);
}

/// Where the elements of \p one lie in \p all.
std::vector<std::size_t> places_in(const ResultGroup::Dimension& one, const ResultGroup::Dimension& all) {
  std::vector<std::size_t> places(one.size);
  std::iota(places.begin(), places.end(), std::size_t{0});
  if (const auto* names = std::get_if<Names>(&all.coordinates); names != nullptr) {
    for (std::size_t i = 0; i < one.size; ++i) {
      const auto found = std::find(names->begin(), names->end(), std::get<Names>(one.coordinates)[i]);
      places[i] = static_cast<std::size_t>(found - names->begin());
    }
  }
  return places;
}

/// Puts the values of \p variable to their places in \p out, over dimensions of the sizes \p wide.
void place(const ResultGroup::Variable& variable, const std::vector<std::vector<std::size_t>>& places,
           const std::vector<std::size_t>& wide, std::span<double> out) {
  std::vector<std::size_t> index(places.size(), 0);
  const std::size_t count = std::visit([](const auto& v) { return v.size(); }, variable.values);
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t target = 0;
    for (std::size_t d = 0; d < places.size(); ++d) {
      target = target * wide[d] + places[d][index[d]];
    }
    out[target] = number_at(variable.values, i);
    for (std::size_t d = places.size(); d-- > 0;) {
      if (++index[d] < places[d].size()) {
        break;
      }
      index[d] = 0;
    }
  }
}

/// Coordinate of the axis \p place along, of system \p system of the grid.
double coordinate_of(const std::vector<GridAxis>& axes, std::size_t place, std::size_t system) {
  std::size_t inner = 1;
  for (std::size_t a = place + 1; a < axes.size(); ++a) {
    inner *= axes[a].size;
  }
  const std::size_t i = system / inner % axes[place].size;
  return std::visit(
      [i](const auto& values) -> double {
        if constexpr (requires { static_cast<double>(values[i]); }) {
          return static_cast<double>(values[i]);
        } else {
          return kNan;  // an axis is of listed numbers
        }
      },
      axes[place].coordinates);
}

class Stack {
 public:
  Stack(const std::vector<GridAxis>& axes, Sources sources, ResultGroup& out)
      : axes_(axes), sources_(std::move(sources)), out_(out) {}

  void fill() {
    this->fill_dimensions();
    for (const ResultGroup* source : sources_) {
      for (const ResultGroup::Variable& variable : source == nullptr ? none() : source->variables()) {
        if (find_named(out_.variables(), variable.name) == out_.variables().end() &&
            std::find(done_.begin(), done_.end(), variable.name) == done_.end()) {
          done_.push_back(variable.name);
          this->fill_variable(variable.name);
        }
      }
    }
    this->fill_groups();
  }

 private:
  static const std::vector<ResultGroup::Variable>& none() {
    static const std::vector<ResultGroup::Variable> empty;
    return empty;
  }

  void fill_dimensions() {
    bool any = false;
    std::vector<ResultGroup::Dimension> own;
    for (const ResultGroup* source : sources_) {
      if (source != nullptr) {
        any = any || !source->variables().empty();
        for (const ResultGroup::Dimension& dimension : source->dimensions()) {
          merge_dimension(own, dimension);
        }
      }
    }
    if (!any) {
      return;
    }
    for (const GridAxis& axis : axes_) {
      out_.add_dimension(axis);
    }
    for (ResultGroup::Dimension& dimension : own) {
      out_.add_dimension(std::move(dimension));
    }
  }

  void fill_variable(const std::string& name) {
    std::vector<int> dimensions;
    std::vector<std::size_t> wide;
    const ResultGroup::Variable* first = nullptr;
    std::vector<double> values;
    std::size_t part = 1;
    for (std::size_t s = 0; s < sources_.size(); ++s) {
      if (sources_[s] == nullptr) {
        continue;
      }
      const auto variable = find_named(sources_[s]->variables(), name);
      if (variable == sources_[s]->variables().end()) {
        continue;
      }
      std::vector<std::vector<std::size_t>> places;
      std::vector<int> own;
      for (const int d : variable->dimensions) {
        const ResultGroup::Dimension& dimension = sources_[s]->dimensions()[static_cast<std::size_t>(d)];
        const auto here = find_named(out_.dimensions(), dimension.name);
        own.push_back(static_cast<int>(here - out_.dimensions().begin()));
        places.push_back(places_in(dimension, *here));
        if (first == nullptr) {
          wide.push_back(here->size);
          part *= here->size;
        }
      }
      if (first == nullptr) {
        first = &*variable;
        dimensions = own;
        values.assign(part * sources_.size(), kNan);
      }
      if (own != dimensions) {
        throw std::logic_error("variable " + name + " has other dimensions in another system of the sweep");
      }
      place(*variable, places, wide, std::span(values).subspan(s * part, part));
    }
    this->add_stacked(*first, dimensions, std::move(values));
  }

  void add_stacked(const ResultGroup::Variable& first, const std::vector<int>& dimensions,
                   std::vector<double> values) {
    std::string name = first.name;
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      if (axes_[a].name != name) {
        continue;
      }
      bool repeats = dimensions.empty();
      for (std::size_t s = 0; repeats && s < sources_.size(); ++s) {
        repeats = values[s] == coordinate_of(axes_, a, s);
      }
      if (repeats) {
        return;
      }
      name += "_of_system";
    }
    std::vector<int> all;
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      all.push_back(static_cast<int>(a));
    }
    all.insert(all.end(), dimensions.begin(), dimensions.end());
    out_.add_variable({name, all, std::move(values), first.units, first.long_name});
  }

  void fill_groups() {
    std::vector<std::string> names;
    for (const ResultGroup* source : sources_) {
      if (source == nullptr) {
        continue;
      }
      for (const auto& group : source->groups()) {
        if (std::find(names.begin(), names.end(), group->name()) == names.end()) {
          names.push_back(group->name());
        }
      }
    }
    for (const std::string& name : names) {
      Sources inner;
      for (const ResultGroup* source : sources_) {
        inner.push_back(source == nullptr ? nullptr : source->find_group(name));
      }
      Stack(axes_, std::move(inner), out_.make_group(name)).fill();
    }
  }

  const std::vector<GridAxis>& axes_;
  Sources sources_;
  ResultGroup& out_;
  std::vector<std::string> done_;  ///< variables, those left out as well
};

}  // namespace

ResultGroup stacked_groups(const std::vector<GridAxis>& axes, const std::vector<ResultGroup>& systems) {
  ResultGroup out;
  Sources sources;
  for (const ResultGroup& system : systems) {
    sources.push_back(&system);
  }
  for (const ResultGroup::Attribute& attribute : systems.at(0).attributes()) {
    const bool everywhere = std::all_of(systems.begin(), systems.end(), [&](const ResultGroup& system) {
      return std::find(system.attributes().begin(), system.attributes().end(), attribute) !=
             system.attributes().end();
    });
    if (everywhere) {
      std::visit([&](const auto& value) { out.set_attribute(attribute.first, value); }, attribute.second);
    }
  }
  Stack(axes, std::move(sources), out).fill();
  return out;
}

}  // namespace ridgeflow::io
