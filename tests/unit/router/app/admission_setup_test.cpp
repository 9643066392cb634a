#include "router/app/admission_setup.hpp"

#include <gtest/gtest.h>

#include "config-schema/schema.hpp"

namespace signet::app {
namespace {

// The schema of the YAML stands below the room that knows the classes.
TEST(AdmissionSetup, TheSchemaNamesTheClassesOfChangeThatThereAre) {
  const config::Schema* graphs = config::admission_schema().find("graphs");
  ASSERT_NE(graphs, nullptr);
  const config::Schema* forbid = graphs->items->find("forbid");
  ASSERT_NE(forbid, nullptr);
  admission::ChangeClasses named;
  size_t classes = 0;
  for (const std::string& word : forbid->items->values) {
    const auto found = admission::parse_change_classes(word);
    ASSERT_TRUE(found) << word;
    classes += found->count() == 1 ? 1 : 0;
    named |= *found;
  }
  EXPECT_EQ(classes, admission::change_class_count());
  EXPECT_EQ(named.count(), admission::change_class_count());
}

}  // namespace
}  // namespace signet::app
