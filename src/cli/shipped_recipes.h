// The recipes that come with the project, recipes/NAME/{run.yaml, model.json}: those of the model cards, and a small twin of
// each. They stand in the tree as they are, and a build puts them into the program.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace bantam::cli {

struct ShippedRecipe {
  std::string_view name, run, model;  // the two files' texts
};

const std::vector<ShippedRecipe>& shipped_recipes();         // by name
const ShippedRecipe* shipped_recipe(std::string_view name);  // null: there is none
// What `init` begins with: the recipes, and behind them the presets that have none of their own name.
std::vector<std::string> starting_names();

}  // namespace bantam::cli
