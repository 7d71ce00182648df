import { existsSync } from "node:fs";

import { describe, expect, test, vi } from "vitest";

import { compareClips } from "../parity/awq/clips.js";

vi.stubEnv("TOUCHSTONE_BACKEND", "cpu"); // no native code in this test

const FOLDER = "../shared/reference/layers";

describe.skipIf(!existsSync(FOLDER))(`AWQ's clip search (skipped without ${FOLDER})`, () => {
  test("chooses the authors' maximum of every group, dead inputs included", async () => {
    const compared = await compareClips(FOLDER);
    expect(compared).toHaveLength(6);
    for (const { label, equal, of } of compared) expect(equal / of, label).toBe(1);
  });
});
