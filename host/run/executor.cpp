#include "ridgeflow/run/executor.hpp"

#include <algorithm>

namespace ridgeflow {

// For executors that step all chains at once: stop at each time, hand out the chains by the tile.
void Executor::advance_observed(std::uint64_t pass_end, const Observation& what) {
  constexpr std::uint64_t kTile = 256;  // chains
  const Schedule& schedule = what.times.schedule;
  std::vector<double> d;
  std::vector<double> size(kTile);
  std::vector<std::uint64_t> measured(kTile);
  while (this->passes_done() < pass_end) {
    const std::uint64_t next = what.times.next_pass(this->passes_done());
    this->advance(std::min(next, pass_end));
    if (next > pass_end) {
      return;
    }
    const std::vector<SystemExtent> systems = this->extents();
    for (std::size_t s = 0; s < systems.size(); ++s) {
      const SystemExtent& system = systems[s];
      d.resize(kTile * system.modes);
      for (std::uint64_t first = 0; first < system.chains; first += kTile) {
        const std::uint64_t count = std::min(kTile, system.chains - first);
        const StateBuffers to{
            {d.data(), count * system.modes}, {size.data(), count}, {measured.data(), count}};
        this->export_states(s, first, count, to);
        what.observer->observe({s, system.first_chain + first, schedule.draws_after(next), system.modes, to.d,
                                to.size, to.measured});
      }
    }
  }
}

}  // namespace ridgeflow
