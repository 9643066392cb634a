// GoogleTest and the standard headers, precompiled once for all test binaries.
#pragma once

#include <gtest/gtest.h>

#include "router/base/precompiled.hpp"
