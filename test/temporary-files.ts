import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives a run of tests a temporary folder of its own, which is gone when it ends: a test that fails leaves nothing behind either. */
export async function setup(): Promise<() => Promise<void>> {
  const before = process.env["TMPDIR"];
  const folder = await mkdtemp(join(tmpdir(), "touchstone-tests-"));
  process.env["TMPDIR"] = folder;
  return async () => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
}
