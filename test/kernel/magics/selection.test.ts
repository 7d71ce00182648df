import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { findMagic } from "../../../kernel/magics/registry.js";
import type { Session } from "../../../kernel/magics/session.js";
import { dimensions, evaluate, openStudy } from "../../../lib/index.js";
import { finish } from "../../../lib/core/progress.js";
import { fakeResponder, fakeVariant } from "../../study/fake-responder.js";
import { quietContext } from "./quiet-context.js";

let folder: string;
let session: Session;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "selection-"));
  ({ session } = quietContext());
  const study = (session.study = await openStudy(join(folder, "study")));
  const slices = { set: "toxic", topic: "t" };
  const item = { id: "p/benign", task: "benign", messages: [], expected: null, cluster: "p", stratum: "toxic", slices };
  for (const [suite, judge, toxicity] of [
    ["one", "mild 1", 0.25],
    ["two", "strict 2", 0.75],
  ] as const)
    await finish(
      evaluate(study, {
        dimension: dimensions.toxicity,
        suite: { name: suite, dimension: "toxicity", path: `${suite}.jsonl`, digest: "d", items: [item], missing: [] },
        variants: [fakeVariant("dense")],
        responderFor: () => Promise.resolve(fakeResponder(() => "went home and slept.")),
        generation: { temperature: 0 },
        judge: { name: judge, judge: (texts) => Promise.resolve(texts.map(() => ({ judge, scores: { toxicity } }))) },
      }),
    );
});
afterEach(async () => {
  await session.study?.close();
  await rm(folder, { recursive: true });
});

const results = (options: Record<string, string>): Promise<unknown> =>
  findMagic("results").run({ kind: "call", values: [options] }, quietContext({ session }));

test("%results --judge and --suite take the answers that one judge rated, or of some suites", async () => {
  expect(await results({})).toMatchObject({ _nrows: 2 });
  expect(await results({ judge: "strict" })).toMatchObject({ _nrows: 1 });
  expect(await results({ suite: "one" })).toMatchObject({ _nrows: 1 });
  expect(await results({ suite: "one", judge: "strict" })).toMatchObject({ _nrows: 0 });
});

test("a judge or suite that the study does not have is refused, not answered by an empty table", async () => {
  await expect(results({ judge: "perspective" })).rejects.toThrow(
    /judge: found no "perspective", expected one of mild 1, strict 2/,
  );
  await expect(results({ suite: "ones" })).rejects.toThrow(/suite: found no "ones".*Did you mean "one"/);
});
