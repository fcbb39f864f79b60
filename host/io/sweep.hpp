// Numbers that are lists or ranges: axes of a grid of systems.
#pragma once

#include <string_view>
#include <vector>

#include "ridgeflow/io/run_config.hpp"

#include "io/result_group.hpp"

namespace ridgeflow::io {

/// The number in \p text, as the narrowest type that holds it; the text itself if it is none.
KeyValue number_or_text(std::string_view text);

/// Whether \p value is the text of a range: it has a colon.
bool is_range(const KeyValue& value);

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
