// Numbers that are lists or ranges: axes of a grid of systems.
#pragma once

#include <string_view>
#include <vector>

#include "ridgeflow/io/run_config.hpp"

#include "io/result_group.hpp"

namespace ridgeflow::io {

/// Whether \p key holds a number, which may be an axis.
bool is_number(const RunKey& key);

/// Whether \p value is the text of a range: it has a colon.
bool is_range(const KeyValue& value);

/// The numbers of a range, FROM:TO:COUNT or FROM:TO:COUNT:log, both ends included; \p whole: rounded.
/// \throws InvalidInput for any other text, or ends that are not finite.
std::vector<KeyValue> range_values(std::string_view text, bool whole);

/// The values that \p value lists for the number \p key: elements of a list or of a range. Empty where it is
/// neither, or \p key is no number. \throws InvalidInput for a bad list or range, or a key that cannot be an
/// axis.
std::vector<KeyValue> sweep_values(const RunKey& key, const KeyValue& value);

/// Makes \p key an axis of \p config, in place of one that it was; \p config has the first value then.
/// \throws InvalidInput for a value that the key refuses, or that stands there twice.
void set_axis(RunConfig& config, const RunKey& key, const std::vector<KeyValue>& values);
/// Makes it none, and any of a key that \p key takes the place of.
void drop_axis(RunConfig& config, const RunKey& key);

/// The axes as dimensions of a result.
std::vector<GridAxis> grid_axes(const RunConfig& config);

}  // namespace ridgeflow::io
