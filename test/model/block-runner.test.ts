import { vi } from "vitest";

import { blockRunnerCases } from "./block-runner-cases.js";

vi.stubEnv("TOUCHSTONE_BACKEND", "cpu"); // no native code in this test
blockRunnerCases();
