import { expect, test } from "vitest";

import { summarize } from "../../.ci/test-report.js";

const file = (name: string, status: string, tests: readonly object[] = []): object => ({
  name,
  status,
  message: "Error: boom\nat x",
  assertionResults: tests,
});
const report = (...testResults: object[]): string => JSON.stringify({ testResults });

test("passed, failed and skipped tests are counted, the last two named", () => {
  const tests = [
    { status: "passed", fullName: "a" },
    { status: "failed", fullName: "b", failureMessages: ["expected 1\nmore"] },
    { status: "skipped", fullName: "c (needs the ground truth)" },
  ];
  const { lines, ...figures } = summarize(report(file("x.test.ts", "failed", tests)));
  expect(figures).toEqual({ passed: 1, failed: 1, skipped: 1 });
  expect(lines).toEqual(["FAILED   x.test.ts: b: expected 1", "skipped  x.test.ts: c (needs the ground truth)"]);
});

test("a file that could not be loaded is one failed test", () => {
  expect(summarize(report(file("y.test.ts", "failed")))).toMatchObject({
    passed: 0,
    failed: 1,
    lines: ["FAILED   y.test.ts: Error: boom"],
  });
});
