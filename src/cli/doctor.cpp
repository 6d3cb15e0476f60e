// bantam doctor: what this machine offers, what of it makes runs slow and why; and a bundle to send along with a question.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/progress.h"
#include "base/threads.h"
#include "cli/commands.h"
#include "cli/machine_report.h"
#include "cli/support_bundle.h"

namespace bantam::cli {
namespace {

struct DoctorFlags {
  std::string run, bundle;
  int threads = 0;
  bool json = false, no_timing = false;
};

std::string text_of(const Json& value) { return value.is_string() ? value.get<std::string>() : "unknown"; }
std::string bytes_of(const Json& value) { return bytes_text(value.get<double>()); }

std::string report_text(const Json& report) {
  const Json &program = report.at("program"), &system = report.at("system"), &p = report.at("processors"),
             &m = report.at("memory");
  std::string text;
  const auto line = [&text](const char* name, const std::string& what) {
    text += fmt::format("{:11} {}\n", name, what);
  };
  line("program",
       fmt::format("bantam {}, oneDNN {}, compiler {}", text_of(program.at("version")),
                   text_of(program.at("libraries").at("onednn")), text_of(program.at("compiler"))));
  line("system", fmt::format("{}, {}", text_of(system.at("name")), text_of(system.at("kernel"))));
  line("processors",
       fmt::format("{}: {} online, {} for this process, {} threads{}", text_of(p.at("model")),
                   p.at("online").get<int>(), p.at("available").get<int>(), p.at("threads").get<int>(),
                   p.at("virtual").get<bool>() ? ", a virtual machine" : ""));
  line("", fmt::format("{} instructions, bf16 products {}, AMX {}, {} of cache, load {:.2f}",
                       text_of(p.at("instructions")),
                       p.at("bf16_products").get<bool>() ? "native" : "widened to f32",
                       p.at("amx_bf16").get<bool>() ? "there" : "not there",
                       bytes_of(p.at("last_level_cache_bytes")), p.at("load").get<double>()));
  line("memory", fmt::format("{}, {} free for this process, huge pages: {}", bytes_of(m.at("bytes")),
                             bytes_of(m.at("available_bytes")), text_of(m.at("huge_pages"))));
  line("disk", fmt::format("{} free here", bytes_of(report.at("disk").at("free_bytes"))));
  line("energy", "the processors' counter (RAPL) is " + text_of(report.at("energy_counter")));
  if (!report.contains("rates")) return text;
  const Json& rates = report.at("rates");
  std::string products =
      fmt::format("products {:.0f} GFLOP/s in f32", rates.at("gemm_gflops_f32").get<double>());
  if (rates.at("gemm_gflops_bf16").is_number())
    products += fmt::format(", {:.0f} in bf16", rates["gemm_gflops_bf16"].get<double>());
  line("rates", fmt::format("{}; memory read at {:.1f} GB/s; disk written and synced at {}/s", products,
                            rates.at("read_gigabytes_per_second").get<double>(),
                            bytes_of(rates.at("synced_write_bytes_per_second"))));
  return text;
}

std::string findings_text(const std::vector<Finding>& found) {
  if (found.empty()) return "Nothing here makes runs slow.\n";
  std::string text = "What makes runs slow here:\n";
  for (const Finding& finding : found) text += fmt::format("  - {}: {}\n", finding.what, finding.advice);
  return text;
}

void run(const DoctorFlags& flags) {
  require(flags.run.empty() || !flags.bundle.empty(), ErrorCode::usage,
          "doctor: RUN belongs to --bundle; `bantam plan {}` says what the run needs", flags.run);
  require(flags.run.empty() || std::filesystem::is_directory(flags.run), ErrorCode::usage,
          "{}: is no folder; want a run's", flags.run);
  if (flags.threads > 0) set_thread_count(flags.threads);
  Json report = machine_report(".", !flags.no_timing);
  const std::vector<Finding> found = findings(report);
  Json list = Json::array();
  for (const Finding& finding : found) list.push_back({{"what", finding.what}, {"advice", finding.advice}});
  report["findings"] = std::move(list);
  const std::string text = report_text(report) + findings_text(found);
  fmt::print("{}", flags.json ? dump_json(report) : text);
  if (flags.bundle.empty()) return;
  const auto files = support_bundle(report, text, flags.run);
  write_bundle(files, flags.bundle);
  if (flags.json) return;
  fmt::print("{} holds", flags.bundle);
  for (const auto& [name, content] : files)
    fmt::print(" {} ({})", name, bytes_text(static_cast<double>(content.size())));
  fmt::print("; CONTENTS.txt says what was left out. Look before you send it.\n");
}

}  // namespace

void add_doctor(CLI::App& app) {
  auto flags = std::make_shared<DoctorFlags>();
  CLI::App* command =
      app.add_subcommand("doctor", "What this machine offers, and what makes runs slow on it");
  command->add_option("run", flags->run,
                      "A run folder for the bundle: its recipe, model and last lines of log");
  command->add_option(
      "--bundle", flags->bundle,
      "Write FILE.tar, or a new folder, to send along with a question; no texts, no paths, no secrets");
  command->add_option("--threads", flags->threads, "Threads; default: all processors this process may use")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--no-timing", flags->no_timing, "Measure no rates");
  command->add_flag("--json", flags->json, "Print one JSON object");
  command->callback([flags] { run(*flags); });
}

}  // namespace bantam::cli
