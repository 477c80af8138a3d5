#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace segfold::testing {

/// Runs `action` and expects that it throws `Expected` with a message that holds every one of `parts`.
template <class Expected, class Action>
void expect_error(Action&& action, std::initializer_list<std::string> parts) {
  try {
    action();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Expected& error) {
    for (const std::string& part : parts) EXPECT_THAT(std::string(error.what()), ::testing::HasSubstr(part));
  } catch (const std::exception& error) {
    ADD_FAILURE() << "another kind of error was thrown: " << error.what();
  }
}

}  // namespace segfold::testing
