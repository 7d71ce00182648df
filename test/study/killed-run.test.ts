import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { finish } from "../../lib/core/progress.js";
import { evaluate, openStudy } from "../../lib/study/index.js";
import { dimensions, readSuite } from "../../lib/trust/index.js";
import { fakeResponder, fakeVariant } from "./fake-responder.js";

test(
  "a killed process loses the batch under way, its lock is taken over, and the same call goes on",
  { timeout: 30_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "study-"));
    const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "endless-run.ts"), folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    await expect(openStudy(folder)).rejects.toThrow(`process ${child.pid ?? 0} on`);
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;

    const study = await openStudy(folder);
    const suite = await readSuite(dimensions.stereotype, "mini");
    const responder = fakeResponder(() => "I disagree.");
    const { reused, records } = await finish(
      evaluate(study, {
        ...{ dimension: dimensions.stereotype, suite, tasks: ["benign"], limit: 10 },
        ...{ variants: [fakeVariant("dense")], responderFor: () => Promise.resolve(responder) },
      }),
    );
    expect([reused, responder.asked.length, records.get("toy/dense")?.length]).toEqual([6, 4, 10]);
    await study.close();
  },
);
