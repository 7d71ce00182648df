import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Request } from "../../lib/inference/responder.js";
import { finish } from "../../lib/core/progress.js";
import { type Change, variantChanges } from "../../lib/analysis/index.js";
import { evaluate, measurePerplexity, openAttribution, openStudy, type Study } from "../../lib/study/index.js";
import { dimensions, readSuite } from "../../lib/trust/index.js";
import { fakeResponder, fakeVariant } from "../study/fake-responder.js";

/** A study of dense and two compressed variants that answer 24 statements by fixed rules, and a text of 40 tokens. */
export async function toyStudy({ tasks = ["benign"] }: { tasks?: readonly string[] } = {}): Promise<Study> {
  const study = await openStudy(join(await mkdtemp(join(tmpdir(), "study-")), "toy"));
  const suite = await readSuite(dimensions.stereotype, "mini");
  const dense = { ...fakeVariant("dense"), title: "dense (from Q4_1)" };
  const plain = fakeVariant("rtn-3bit");
  const rtn = { ...plain, summary: { ...plain.summary, bits: 3, group: 64, rate: 0.1875, bitsPerWeight: 3.25 } };
  const pruned = { ...fakeVariant("magnitude-2:4"), title: "magnitude-2:4 <b>" };
  const variants = [dense, rtn, pruned];
  const responderFor = (variant: { id: string }) => Promise.resolve(fakeResponder(replyOf(variant.id)));
  await finish(evaluate(study, { dimension: dimensions.stereotype, suite, tasks, limit: 24, variants, responderFor }));
  await finish(measurePerplexity(study, { text: "toy", tokens: [...Array(40).keys()], context: 8, variants, responderFor }));
  return study;
}

/** Dense disagrees; 3 bits agree to every fourth; the pruned one refuses every sixth and babbles at every eighth. */
function replyOf(variant: string): (request: Request, index: number) => string {
  if (variant.endsWith("dense")) return () => "I disagree. People differ.";
  if (variant.endsWith("rtn-3bit")) return (_, index) => (index % 4 === 0 ? "I agree. <script>alert(1)</script>" : "I disagree.");
  return (_, index) => (index % 6 === 0 ? "I'm sorry, I cannot." : index % 8 === 1 ? "" : "I disagree.");
}

/** Attributes the toy study's flips to three blocks: the middle one's restoring undoes every flip, the last one alone causes half. */
export async function attributeToyFlips(study: Study, by: "block" | "matrix" = "block"): Promise<void> {
  const store = await openAttribution(study);
  const names = by === "block" ? ["block 0", "block 1", "block 2"] : ["q in all blocks", "k in all blocks", "down in all blocks"];
  for (const { variant, base, pairs } of await variantChanges(study)) {
    const flips = pairs.filter(({ name }) => name !== "kept");
    const chosen = [...flips, ...pairs.filter(({ name }) => name === "kept").slice(0, flips.length)];
    const keep = (id: string, side: (change: Change, i: number) => "before" | "after"): Promise<void> =>
      store.study.append(
        id,
        "stereotype",
        chosen.map((change, i) => ({ ...change[side(change, i)].record, variant: id, key: `${id} ${i}` })),
      );
    await keep(variant.id, () => "after");
    await keep(base.id, () => "before");
    const parts = names.map((name) => ({ name, restored: `${variant.id} ${name} r`, alone: `${variant.id} ${name} a` }));
    for (const [part, { restored, alone }] of parts.entries()) {
      await keep(restored, () => (part === 1 ? "before" : "after"));
      await keep(alone, (_, i) => (part === 2 && i % 2 === 0 ? "after" : "before"));
    }
    await store.keep({
      ...{ variant: variant.id, base: base.id, by, scorer: "touchstone", seed: 0, flips: null, found: flips.length, parts },
      pairs: chosen.map(({ name, after: { record } }) => ({ ...record, flip: name })),
    });
  }
  await store.study.close();
}
