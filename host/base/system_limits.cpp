#include "ridgeflow/base/system_limits.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <omp.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "ridgeflow/base/counted.hpp"
#include "ridgeflow/base/error.hpp"

namespace ridgeflow {
namespace {

constexpr double kNone = std::numeric_limits<double>::infinity();

/// Where a kind of control group is mounted: of the second version, or a controller's of the first.
struct Mount {
  std::string top;  ///< the group that is seen at the place
  std::string place;
};

/// Blanks in names are written as \040 there.
std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool octal = text[i] == '\\' && i + 3 < text.size() && std::isdigit(text[i + 1]) != 0;
    out += octal ? static_cast<char>(std::strtol(text.substr(i + 1, 3).c_str(), nullptr, 8)) : text[i];
    i += octal ? 3 : 0;
  }
  return out;
}

bool names(const std::string& list, std::string_view name) {
  std::istringstream words(list);
  for (std::string word; std::getline(words, word, ',');) {
    if (word == name) {
      return true;
    }
  }
  return false;
}

/// A line of mountinfo: "31 23 0:28 TOP PLACE options [more] - KIND source CONTROLLERS" (proc(5)).
std::optional<Mount> mount_of(const std::string& root, const std::string& kind, std::string_view controller) {
  std::ifstream file(root + "/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string skipped;
    Mount mount;
    words >> skipped >> skipped >> skipped >> mount.top >> mount.place;
    while (words >> skipped && skipped != "-") {
    }
    std::string found;
    std::string options;
    words >> found >> skipped >> options;
    if (words && found == kind && (controller.empty() || names(options, controller))) {
      return Mount{unescaped(mount.top), unescaped(mount.place)};
    }
  }
  return std::nullopt;
}

/// The group of this process: of lines "4:memory:/job" the one that names \p controller, "0::/job" for none.
std::optional<std::string> group_of(const std::string& root, std::string_view controller) {
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) {
      continue;
    }
    const std::string list = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? list.empty() : names(list, controller)) {
      return line.substr(second + 1);
    }
  }
  return std::nullopt;
}

/// The folders of the group of this process and of those above it, as far as they are seen; of \p controller
/// in the first version, or of the second without one.
std::vector<std::string> group_folders(const std::string& root, std::string_view controller) {
  const auto mount = mount_of(root, controller.empty() ? "cgroup2" : "cgroup", controller);
  const auto group = group_of(root, controller);
  if (!mount || !group) {
    return {};
  }
  std::string below = *group;
  const bool under_top = mount->top != "/" && below.rfind(mount->top, 0) == 0;
  below = under_top ? below.substr(mount->top.size()) : below;
  if (below.find("..") != std::string::npos) {  // outside of what is seen
    below.clear();
  }
  std::vector<std::string> folders;
  while (true) {
    while (!below.empty() && below.back() == '/') {
      below.pop_back();
    }
    folders.push_back(fmt::format("{}{}{}", root, mount->place, below));
    if (below.empty()) {
      return folders;
    }
    below.erase(below.rfind('/') == std::string::npos ? 0 : below.rfind('/'));
  }
}

/// The first words of a file; none if it cannot be read.
std::vector<std::string> words_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> words;
  for (std::string word; words.size() < 2 && file >> word;) {
    words.push_back(word);
  }
  return words;
}

/// A number of at least 0; infinite for anything else, such as "max" and -1.
double number_of(const std::vector<std::string>& words, std::size_t place) {
  if (place >= words.size()) {
    return kNone;
  }
  char* end = nullptr;
  const double value = std::strtod(words[place].c_str(), &end);
  const bool is_number = end != words[place].c_str() && *end == '\0' && value >= 0;
  return is_number ? value : kNone;
}

void take_smaller(SystemLimit& limit, double value, const std::string& set_by) {
  if (value < limit.value) {
    limit = {value, set_by};
  }
}

/// The stack that OpenMP asks for its threads, by its own rules: a number and B, K, M or G, K if not said; 0
/// where nothing is asked.
std::size_t openmp_stack() {
  for (const char* name : {"OMP_STACKSIZE", "GOMP_STACKSIZE"}) {
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody changes it
    if (text == nullptr) {
      continue;
    }
    char* end = nullptr;
    const double number = std::strtod(text, &end);
    while (std::isspace(static_cast<unsigned char>(*end)) != 0) {
      ++end;
    }
    constexpr std::string_view kUnits = "bkmg";
    const std::size_t unit =
        *end == '\0' ? 1 : kUnits.find(static_cast<char>(std::tolower(static_cast<unsigned char>(*end))));
    const double bytes =
        unit == std::string_view::npos ? 0 : number * std::pow(1024.0, static_cast<double>(unit));
    if (bytes > 0 && bytes < 0x1p62) {
      return static_cast<std::size_t>(bytes);
    }
  }
  return 0;
}

/// Threads of a trial: all of them wait until the last is there.
class Trial {
 public:
  Trial() {
    ::pthread_attr_init(&attributes_);
    if (const std::size_t stack = openmp_stack(); stack > 0) {
      static_cast<void>(::pthread_attr_setstacksize(&attributes_, stack));  // too small: as OpenMP, the usual
    }
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;
  Trial(Trial&&) = delete;
  Trial& operator=(Trial&&) = delete;
  ~Trial() {
    over_.store(true);
    over_.notify_all();
    for (const pthread_t thread : threads_) {
      ::pthread_join(thread, nullptr);
    }
    ::pthread_attr_destroy(&attributes_);
  }

  /// One more; 0, or the system's reason.
  int start() {
    threads_.emplace_back();
    const int error = ::pthread_create(&threads_.back(), &attributes_, wait, &over_);
    if (error != 0) {
      threads_.pop_back();
    }
    return error;
  }

 private:
  static void* wait(void* over) {
    static_cast<std::atomic<bool>*>(over)->wait(false);
    return nullptr;
  }

  pthread_attr_t attributes_{};
  std::atomic<bool> over_{false};
  std::vector<pthread_t> threads_;
};

/// Threads that OpenMP gives to a region that asks for more, whatever the system has.
SystemLimit openmp_limit() {
  SystemLimit limit{static_cast<double>(::omp_get_thread_limit()), "OMP_THREAD_LIMIT"};
  if (::omp_get_max_active_levels() < 1) {
    take_smaller(limit, 1, "OMP_MAX_ACTIVE_LEVELS");
  }
  return limit;
}

struct Started {
  int threads = 1;  ///< the one that asks among them
  int error = 0;    ///< of the next
};

Started try_threads(int wanted) {
  // Those that were there once are in OpenMP's keeping, and count against the system's limits.
  static std::atomic<int> most{1};
  if (wanted <= most.load()) {
    return {wanted, 0};
  }
  Started started;
  Trial trial;
  while (started.threads < wanted && (started.error = trial.start()) == 0) {
    ++started.threads;
  }
  most.store(std::max(most.load(), started.threads));
  return started;
}

}  // namespace

SystemLimit processor_quota(const std::string& root) {
  SystemLimit limit{kNone, "no quota"};
  for (const std::string& folder : group_folders(root, "")) {
    const std::string file = folder + "/cpu.max";
    const std::vector<std::string> words = words_of(file);
    take_smaller(limit, number_of(words, 0) / number_of(words, 1), file);
  }
  for (const std::string& folder : group_folders(root, "cpu")) {
    const std::string file = folder + "/cpu.cfs_quota_us";
    take_smaller(limit, number_of(words_of(file), 0) / number_of(words_of(folder + "/cpu.cfs_period_us"), 0),
                 file);
  }
  return limit;
}

SystemLimit memory_limit(const std::string& root) {
  SystemLimit limit{
      static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE)),
      "this machine"};
  for (const auto& [controller, name] :
       {std::pair("", "/memory.max"), std::pair("memory", "/memory.limit_in_bytes")}) {
    for (const std::string& folder : group_folders(root, controller)) {
      take_smaller(limit, number_of(words_of(folder + name), 0), folder + name);
    }
  }
  rlimit space{};
  if (::getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) {
    take_smaller(limit, static_cast<double>(space.rlim_cur), "the limit on address space (ulimit -v)");
  }
  return limit;
}

SystemLimit default_threads(const std::string& root) {
  SystemLimit limit{static_cast<double>(::omp_get_num_procs()), "the processors of this process"};
  take_smaller(limit, ::omp_get_max_threads(), "OMP_NUM_THREADS");
  const SystemLimit most = openmp_limit();
  take_smaller(limit, most.value, most.set_by);
  const SystemLimit quota = processor_quota(root);
  take_smaller(limit, std::max(1.0, std::ceil(quota.value)), quota.set_by);
  return limit;
}

int threads_for(int asked) {
  if (asked <= 0) {
    return try_threads(static_cast<int>(default_threads().value)).threads;
  }
  if (const SystemLimit most = openmp_limit(); asked > most.value) {
    throw DeviceError(fmt::format("{} were asked for, and {} allows {}: raise it, or ask for fewer threads",
                                  counted(static_cast<std::uint64_t>(asked), "thread"), most.set_by,
                                  most.value));
  }
  ::omp_set_dynamic(0);  // OMP_DYNAMIC would let OpenMP take fewer
  const Started started = try_threads(asked);
  if (started.threads < asked) {
    const char* stack = std::getenv("OMP_STACKSIZE");  // NOLINT(concurrency-mt-unsafe): nobody changes it
    throw DeviceError(fmt::format(
        "{} were asked for, and the system starts {} ({}): {}, or ask for fewer threads",
        counted(static_cast<std::uint64_t>(asked), "thread"), started.threads,
        std::generic_category().message(started.error),
        stack != nullptr
            ? fmt::format("OMP_STACKSIZE is {}, a stack for each; make it smaller", stack)
            : "raise the limit on processes (ulimit -u, pids.max of the control group) or on memory"));
  }
  return started.threads;
}

}  // namespace ridgeflow
