import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

import { z } from "zod";

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

/** The figures of one vitest run, and a line for each test that failed or was skipped (its title gives the reason). */
export interface TestSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly lines: readonly string[];
}

/** Sums up vitest's JSON report. A file that could not be loaded counts as one failed test. */
export function summarize(json: string): TestSummary {
  const files = Report.parse(JSON.parse(json)).testResults;
  const tests = files.flatMap((file) =>
    file.assertionResults.map((test) => ({ ...test, file: relative(process.cwd(), file.name) })),
  );
  const broken = files.filter(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  const failed = tests.filter(({ status }) => status === "failed");
  const passed = tests.filter(({ status }) => status === "passed");
  const skipped = tests.filter(({ status }) => status !== "failed" && status !== "passed");
  return {
    passed: passed.length,
    failed: failed.length + broken.length,
    skipped: skipped.length,
    lines: [
      ...broken.map(({ name, message }) => `FAILED   ${relative(process.cwd(), name)}: ${firstLine(message)}`),
      ...failed.map(({ file, fullName, failureMessages }) => `FAILED   ${file}: ${fullName}: ${firstLine(failureMessages?.[0])}`),
      ...skipped.map(({ file, fullName }) => `skipped  ${file}: ${fullName}`),
    ],
  };
}

const firstLine = (text: string | undefined): string => text?.split("\n")[0] ?? "";

/** For .ci/run: the lines on stderr, "passed failed" on stdout. Without a report the run itself failed. */
function main(path: string): void {
  const summary = existsSync(path)
    ? summarize(readFileSync(path, "utf8"))
    : { passed: 0, failed: 1, skipped: 0, lines: [`FAILED   no report at ${path}`] };
  for (const line of summary.lines) console.error(`    ${line}`);
  console.log(`${summary.passed} ${summary.failed} ${summary.skipped}`);
}

if (process.argv[1]?.endsWith("test-report.ts")) main(process.argv[2]);
