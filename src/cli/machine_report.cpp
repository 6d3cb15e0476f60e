#include "cli/machine_report.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/file.h"
#include "base/progress.h"
#include "base/threads.h"
#include "cli/commands.h"
#include "cli/quickstart_recipe.h"
#include "ops/gemm_onednn.h"
#include "ops/machine.h"
#include "simd/isa.h"

namespace bantam::cli {
namespace fs = std::filesystem;
namespace {

constexpr size_t kTrialBytes = size_t{64} << 20;  // written and synced to time the disk

// The first line of a file of the system's; null where it cannot be read.
Json line_of(const char* path) {
  std::ifstream file(path);
  std::string line;
  return std::getline(file, line) ? Json(line) : Json();
}

// What stands behind "key:" or "key=" in such a file.
std::string value_in(const char* path, std::string_view key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key)) continue;
    const size_t at = line.find_first_of(":=");
    if (at == std::string::npos) continue;
    const size_t begin = line.find_first_not_of(" \t\"", at + 1);
    if (begin == std::string::npos) return "";
    return line.substr(begin, line.find_last_not_of(" \t\"") + 1 - begin);
  }
  return "";
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

double kilobytes_in(const char* path, std::string_view key) {
  const std::string text = value_in(path, key);
  return text.empty() ? 0 : 1024 * std::strtod(text.c_str(), nullptr);
}

Json program() {
  Json variables = Json::object();
  for (const char* name : {"BANTAM_THREADS", "BANTAM_ISA", "BANTAM_BF16"})
    if (const char* value = std::getenv(name)) variables[name] = value;
#ifdef __OPTIMIZE__
  const bool optimized = true;
#else
  const bool optimized = false;
#endif
  return {{"version", kVersion},
          {"compiler", __VERSION__},
          {"optimized", optimized},
          {"libraries", {{"onednn", onednn_version()}, {"fmt", FMT_VERSION}, {"zlib", zlibVersion()}}},
          {"environment", variables}};
}

Json system_facts() {
  utsname name{};
  ::uname(&name);
  return {{"name", text_or_null(value_in("/etc/os-release", "PRETTY_NAME"))},
          {"kernel", std::string(name.sysname) + " " + name.release},
          {"machine", name.machine}};
}

// Share of all processors' time since the system started that its host gave to others.
Json stolen_share() {
  std::ifstream file("/proc/stat");
  std::string word;
  double all = 0, stolen = 0;
  if (!(file >> word) || word != "cpu") return {};
  for (int i = 0; i < 8; ++i) {
    double ticks = 0;
    if (!(file >> ticks)) return {};
    all += ticks;
    if (i == 7) stolen = ticks;
  }
  return all > 0 ? Json(stolen / all) : Json();
}

Json processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const bool known = sched_getaffinity(0, sizeof set, &set) == 0;
  const std::string flags = " " + value_in("/proc/cpuinfo", "flags") + " ";
  const auto has = [&](const char* flag) {
    return flags.find(" " + std::string(flag) + " ") != std::string::npos;
  };
  double load = 0;
  std::ifstream("/proc/loadavg") >> load;
  return {{"model", text_or_null(value_in("/proc/cpuinfo", "model name"))},
          {"online", ::sysconf(_SC_NPROCESSORS_ONLN)},
          {"affinity", known ? Json(CPU_COUNT(&set)) : Json()},
          {"available", available_processors()},
          {"cgroup_cpu_max", line_of("/sys/fs/cgroup/cpu.max")},
          {"threads", thread_count()},
          {"last_level_cache_bytes",
           std::max(::sysconf(_SC_LEVEL3_CACHE_SIZE), ::sysconf(_SC_LEVEL2_CACHE_SIZE))},
          {"instructions", name_of(isa())},
          {"instructions_of_the_cpu", name_of(cpu_isa())},
          {"bf16_products", bf16_products()},
          {"amx_bf16", has("amx_bf16")},
          {"virtual", has("hypervisor")},
          {"governor", line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")},
          {"load", load},
          {"stolen_share", stolen_share()}};
}

Json memory() {
  constexpr const char* kFile = "/proc/meminfo";
  const Json pages = line_of("/sys/kernel/mm/transparent_hugepage/enabled");
  std::string huge;
  if (pages.is_string()) {
    const std::string text = pages;
    const size_t begin = text.find('['), end = text.find(']');
    if (begin != std::string::npos && end != std::string::npos)
      huge = text.substr(begin + 1, end - begin - 1);
  }
  return {{"bytes", kilobytes_in(kFile, "MemTotal")},
          {"available_bytes", available_memory()},
          {"cgroup_memory_max", line_of("/sys/fs/cgroup/memory.max")},
          {"swap_bytes", kilobytes_in(kFile, "SwapTotal")},
          {"swap_used_bytes", kilobytes_in(kFile, "SwapTotal") - kilobytes_in(kFile, "SwapFree")},
          {"huge_pages", text_or_null(huge)}};
}

// Bytes a second that reach the disk. The file is gone afterwards.
double sync_rate(const fs::path& folder) {
  const fs::path path = folder / fmt::format(".bantam-doctor-{}", ::getpid());
  const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY, 0600);
  require(descriptor >= 0, ErrorCode::io, "{}: cannot be written to; give a folder that can",
          folder.string());
  ::unlink(path.c_str());
  std::string block(size_t{1} << 20, '\0');
  for (size_t i = 0; i < block.size(); ++i) block[i] = static_cast<char>(i * 2654435761u >> 13);
  const auto start = Clock::now();
  bool written = true;
  for (size_t done = 0; written && done < kTrialBytes; done += block.size())
    written = ::write(descriptor, block.data(), block.size()) == static_cast<ssize_t>(block.size());
  written = written && ::fsync(descriptor) == 0;
  const double seconds = seconds_since(start);
  ::close(descriptor);
  require(written, ErrorCode::io, "{}: {} could not be written", folder.string(),
          bytes_text(static_cast<double>(kTrialBytes)));
  return static_cast<double>(kTrialBytes) / seconds;
}

// Whether the processors' energy counter can be read: root alone may, unless it was opened.
const char* energy() {
  constexpr const char* kCounter = "/sys/class/powercap/intel-rapl:0/energy_uj";
  std::error_code ignored;
  if (!fs::exists(kCounter, ignored)) return "absent";
  return ::access(kCounter, R_OK) == 0 ? "readable" : "unreadable";
}

}  // namespace

Json machine_report(const fs::path& folder, bool timed) {
  Json report = {{"program", program()},
                 {"system", system_facts()},
                 {"processors", processors()},
                 {"memory", memory()},
                 {"disk", {{"free_bytes", free_bytes(folder)}}},
                 {"energy_counter", energy()}};
  if (!timed) return report;
  report["rates"] = {
      {"gemm_gflops_f32", measured_gemm_gflops(Dtype::f32)},
      {"gemm_gflops_bf16", isa() >= Isa::avx512bf16 ? Json(measured_gemm_gflops(Dtype::bf16)) : Json()},
      {"read_gigabytes_per_second", measured_read_gigabytes()},
      {"synced_write_bytes_per_second", sync_rate(folder)}};
  return report;
}

namespace {

void find_in_processors(const Json& p, std::vector<Finding>& found) {
  const int available = p.at("available"), threads = p.at("threads"), online = p.at("online");
  const double load = p.at("load");
  if (load > 0.5 * available)
    found.push_back(
        {fmt::format("the load is {:.1f} on {} processors: others compute here", load, available),
         "training waits for the slower of its threads; stop what else runs, or expect less than the rates "
         "of an idle machine"});
  if (p.at("stolen_share").is_number() && p["stolen_share"] > 0.02)
    found.push_back(
        {fmt::format("{:.0f} % of the processors' time since the start went to other guests of the host",
                     100 * p["stolen_share"].get<double>()),
         "rates will come and go; nothing on this side changes that"});
  if (available < online)
    found.push_back({fmt::format("{} of {} processors may be used", available, online),
                     p.at("affinity").is_number() && p["affinity"] == available
                         ? "the process is bound to them (taskset, a batch system)"
                         : "a cgroup's quota (cpu.max) allows no more"});
  if (threads < available)
    found.push_back({fmt::format("{} threads for {} processors", threads, available),
                     "BANTAM_THREADS or --threads says so"});
  const std::string used = p.at("instructions"), best = p.at("instructions_of_the_cpu");
  if (used != best)
    found.push_back(
        {fmt::format("{} instructions, though the CPU has {}", used, best), "BANTAM_ISA says so; unset it"});
  if (best != "avx512bf16")
    found.push_back({"the CPU has no bf16 dot products (AVX-512 BF16)",
                     "training computes in f32, at about half the rate and with more memory"});
  if (p.at("governor") == "powersave")
    found.push_back(
        {"the frequency governor is powersave", "`cpupower frequency-set -g performance`, as root"});
}

void find_in_memory(const Json& m, std::vector<Finding>& found) {
  if (m.at("available_bytes") < 2e9)
    found.push_back({bytes_text(m["available_bytes"].get<double>()) + " of memory are free",
                     "`bantam plan RUN` says what a run takes"});
  if (m.at("swap_used_bytes") > 1e8)
    found.push_back({bytes_text(m["swap_used_bytes"].get<double>()) + " are swapped out",
                     "a run whose memory is swapped is slower a hundred times; free memory first"});
  if (m.at("huge_pages") == "never")
    found.push_back({"transparent huge pages are off",
                     "`echo madvise > /sys/kernel/mm/transparent_hugepage/enabled`, as root"});
}

}  // namespace

std::vector<Finding> findings(const Json& report) {
  std::vector<Finding> found;
  if (!report.at("program").at("optimized").get<bool>())
    found.push_back({"the program was built without optimization", "build the preset release"});
  find_in_processors(report.at("processors"), found);
  find_in_memory(report.at("memory"), found);
  if (report.at("disk").at("free_bytes") < 5e9)
    found.push_back({bytes_text(report["disk"]["free_bytes"].get<double>()) + " of disk are free here",
                     "`bantam plan RUN` says what a run writes"});
  if (report.contains("rates") && report["rates"]["synced_write_bytes_per_second"] < 1e8)
    found.push_back(
        {fmt::format("what is written reaches the disk at {} a second",
                     bytes_text(report["rates"]["synced_write_bytes_per_second"].get<double>())),
         "a checkpoint of 1 GB takes that long, too: raise train.save_every, or use another disk"});
  return found;
}

}  // namespace bantam::cli
