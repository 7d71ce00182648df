import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { finish } from "../../lib/core/progress.js";
import { loadCalibration } from "../../lib/compression/calibration/load-calibration.js";
import { loadModel, type Model } from "../../lib/model/index.js";
import { type Cell, runParity } from "../parity/report.js";
import { largeBlocks } from "./compression/large-blocks.js";
import { type PeerPlace, runPeer } from "./compression/peer.js";
import { ours, type Tokens, type Work, WORKS } from "./compression/works.js";

const SET = { calibration: "mini", samples: 32, length: 256, seed: 0 };

/**
 * `npm run bench -- compression [--peer PYTHON --sources DIR] [--work NAME …] [--rounds N] [--large]`: our methods against the
 * authors' code on torch, same model, same tokens, two threads each, alternating. `--large`: blocks of LLaMA-2 7B's shape in
 * their stead.
 */
export async function benchCompression(args: readonly string[]): Promise<void> {
  await runParity("bench compression", async () => {
    const options = {
      peer: { type: "string" },
      sources: { type: "string" },
      work: { type: "string", multiple: true },
      rounds: { type: "string", default: "1" },
      large: { type: "boolean", default: false },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    process.env["TF_NUM_INTRAOP_THREADS"] ??= "2"; // as the peer's
    const cache = mkdtempSync(join(tmpdir(), "touchstone-bench-"));
    try {
      if (values.large) return await largeBlocks(cache);
      const { peer: python, sources } = values;
      const peer = python === undefined || sources === undefined ? undefined : { python, sources };
      const works = WORKS.filter(({ method }) => values.work?.includes(method) ?? true);
      return report(await measure({ works, peer, rounds: Number(values.rounds), cache }));
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  });
}

interface Timed {
  readonly work: Work;
  readonly ours: number[];
  readonly peer: number[];
}

async function measure(plan: {
  readonly works: readonly Work[];
  readonly peer: PeerPlace | undefined;
  readonly rounds: number;
  readonly cache: string;
}): Promise<Timed[]> {
  const model = await loadModel("smollm2");
  const tokens = await writeTokens(model, join(plan.cache, "calibration.json"));
  const measured = plan.works.map((work): Timed => ({ work, ours: [], peer: [] }));
  try {
    for (let round = 0; round < plan.rounds; round++) {
      for (const { work, ours: own, peer } of measured) {
        process.env["TOUCHSTONE_CACHE"] = mkdtempSync(join(plan.cache, "variants-")); // nothing is there already
        own.push(await ours(model, work, tokens));
        if (plan.peer !== undefined) {
          const asked = { model: model.path, calibration: tokens.path, method: work.peer, blocks: work.blocks };
          peer.push(await runPeer(plan.peer, asked));
        }
        console.error(
          `round ${round + 1}, ${work.name}: ours ${own.at(-1)?.toFixed(1)} s, peer ${peer.at(-1)?.toFixed(1) ?? "–"} s`,
        );
      }
    }
  } finally {
    await model.close();
  }
  return measured;
}

async function writeTokens(model: Model, path: string): Promise<Tokens> {
  const { samples, length, tokens } = await finish(loadCalibration(model, SET));
  const sequences = Array.from({ length: samples }, (_, i) => [...tokens.subarray(i * length, (i + 1) * length)]);
  writeFileSync(path, JSON.stringify(sequences));
  return { path, samples, length };
}

function report(measured: readonly Timed[]) {
  const median = (values: readonly number[]): number | undefined => [...values].sort((a, b) => a - b)[values.length >> 1];
  const found = measured.map(({ work, ours: own, peer }) => {
    const [mine, theirs] = [median(own), median(peer)];
    return { work, mine, theirs, ratio: mine === undefined || theirs === undefined ? undefined : theirs / mine };
  });
  const round = (value: number | undefined): Cell => (value === undefined ? null : Number(value.toFixed(2)));
  return {
    rows: found.map(({ work, mine, theirs, ratio }): Record<string, Cell> => ({
      work: work.name,
      blocks: work.blocks ?? "all",
      "ours, s": round(mine),
      "peer, s": round(theirs),
      ratio: round(ratio),
      floor: `>= ${work.floor}`,
    })),
    figures: {
      tokens: `${SET.samples} x ${SET.length} of ${SET.calibration}`,
      cases: measured.map(({ work, ours: own, peer }) => ({ work: work.name, ours: own, peer, floor: work.floor })),
    },
    missed: found.flatMap(({ work, ratio }) =>
      ratio === undefined || ratio >= work.floor ? [] : [`${work.name}: ${ratio.toFixed(2)} x, floor ${work.floor}`],
    ),
  };
}
