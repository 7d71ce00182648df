import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

import { environmentPython } from "../../kernel/setup/index.js";

const python = process.env.TOUCHSTONE_PYTHON ?? (await environmentPython().catch(() => undefined)) ?? "";
const hasSuite = python !== "" && spawnSync(python, ["-c", "import jupyter_kernel_test"]).status === 0;
const reason = hasSuite ? "" : " (skipped: no Python with jupyter_kernel_test: run `npm run setup`)";

test.skipIf(!hasSuite)(`Jupyter's own kernel tests pass, none skipped${reason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "touchstone-conformance-"));
  const kernel = new URL("../../dist/kernel/main.js", import.meta.url).pathname;
  const argv = [process.execPath, "--disable-warning=ExperimentalWarning", kernel, "{connection_file}"];
  const spec = { argv, display_name: "Touchstone", language: "typescript", interrupt_mode: "message" };
  mkdirSync(join(folder, "kernels", "touchstone-test"), { recursive: true });
  writeFileSync(join(folder, "kernels", "touchstone-test", "kernel.json"), JSON.stringify(spec));
  const env = { ...process.env, JUPYTER_PATH: folder, TOUCHSTONE_HISTORY: join(folder, "history.jsonl") };
  const suite = new URL("kernel_test.py", import.meta.url).pathname;
  const { stderr, status } = spawnSync(python, [suite, "-v"], { cwd: folder, env, encoding: "utf8" });
  rmSync(folder, { recursive: true, force: true });
  expect(stderr).toMatch(/Ran 13 tests[^]*\nOK\n/);
  expect(stderr).not.toContain("skipped");
  expect(status).toBe(0);
});
