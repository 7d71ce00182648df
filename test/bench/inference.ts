import { parseArgs } from "node:util";

import { InputError } from "../../lib/core/errors.js";
import { Engine } from "../../lib/inference/index.js";
import { checkPrecision } from "../../lib/inference/precision.js";
import { loadModel, type Model, type Precision } from "../../lib/model/index.js";
import { resolveBackend } from "../../lib/tensor/backend.js";
import { type Cell, runParity } from "../parity/report.js";
import { measureMachine } from "./inference/machine.js";
import { withoutEnds } from "./inference/ours.js";
import { Peer } from "./inference/peer.js";
import { alternate, type Measured, type Plan } from "./inference/schedule.js";
import { makeWorkload } from "./inference/workload.js";
import { type Side, worksFor } from "./inference/works.js";

/** Seconds for everything; the shares of the two precisions. */
const BUDGET = { quick: 480, full: 7200, f32: 0.6, bf16: 1 } as const;
const ROUNDS = { quick: 3, full: 5 } as const;
/** transformers reads a GGUF file with the last two. */
const PEER_PACKAGES = ["torch", "transformers", "accelerate", "gguf"];
const DTYPES = { f32: "float32", bf16: "bfloat16" } as const;

/**
 * `npm run bench -- inference --peer PYTHON [--full] [--precision f32|bf16] [--backend NAME]`: our engine against transformers
 * on torch, alternating, two threads each. Without `--peer` our side only. NAME is tensorflow (on a GPU where the set-up found one),
 * wasm or cpu; the rows say which ran.
 */
export async function benchInference(args: readonly string[]): Promise<void> {
  await runParity("bench inference", async () => {
    const options = {
      peer: { type: "string" },
      full: { type: "boolean", default: false },
      precision: { type: "string", multiple: true },
      backend: { type: "string" },
    } as const;
    const { values } = parseArgs({ args: [...args], options });
    const mode = values.full ? "full" : "quick";
    process.env["TF_NUM_INTRAOP_THREADS"] ??= "2"; // as the peer's
    const machine = measureMachine(); // by TensorFlow, so before another backend takes over
    const { label: backend } = await resolveBackend(values.backend);
    const asked = (["f32", "bf16"] as const).filter((name) => values.precision?.includes(name) ?? true);
    const refused = asked.flatMap((precision) => refusalOf(precision, backend).map((reason) => ({ precision, reason })));
    const wanted = asked.filter((name) => refused.every(({ precision }) => precision !== name));
    for (const { reason } of refused) console.log(`not measured: ${reason}`);
    const model = withoutEnds(await loadModel("smollm2"));
    const peer = values.peer === undefined ? undefined : new Peer(values.peer, model.path);
    const plan = { started: performance.now(), rounds: ROUNDS[mode], seconds: BUDGET[mode], full: values.full };
    const found: (Measured & { readonly precision: Precision })[] = [];
    try {
      for (const precision of wanted) {
        const share = wanted.length === 1 ? 1 : BUDGET[precision];
        const some = await measurePrecision({ model, peer, precision, plan: { ...plan, seconds: share * plan.seconds } });
        found.push(...some.map((one) => ({ ...one, precision })));
      }
    } finally {
      peer?.close();
      await model.close();
    }
    return report({ found, refused, machine, mode, backend });
  });
}

/** Why a precision is not to be had here; its floors are not counted then. */
function refusalOf(precision: Precision, backend: string): string[] {
  try {
    checkPrecision(precision, { backend });
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

async function measurePrecision(asked: {
  readonly model: Model;
  readonly peer: Peer | undefined;
  readonly precision: Precision;
  readonly plan: Plan;
}): Promise<readonly Measured[]> {
  const { model, peer, precision, plan } = asked;
  const engine = await Engine.open({ model, weights: model.weights, precision });
  try {
    if (peer !== undefined) await loadPeer(peer, precision);
    const side: Side = { engine, model, peer, precision, dtype: DTYPES[precision] };
    return await alternate(worksFor(side, await makeWorkload(model.tokenizer)), plan, peer !== undefined);
  } finally {
    engine.close();
  }
}

/** A Python without what the peer needs fails here first. */
async function loadPeer(peer: Peer, precision: Precision): Promise<void> {
  try {
    await peer.load(DTYPES[precision]);
  } catch (error) {
    throw new InputError({
      where: "--peer",
      found: error instanceof Error ? error.message : String(error),
      expected: `a Python that has ${PEER_PACKAGES.join(", ")}`,
      remedy: `PYTHON -m pip install ${PEER_PACKAGES.join(" ")}`,
    });
  }
}

function report({
  found,
  refused,
  machine,
  mode,
  backend,
}: {
  readonly found: readonly (Measured & { readonly precision: Precision })[];
  readonly refused: readonly { readonly precision: Precision; readonly reason: string }[];
  readonly machine: ReturnType<typeof measureMachine>;
  readonly mode: string;
  readonly backend: string;
}) {
  const limit = { gigaflops: machine.gigaflops, gigabytes: machine.gigabytes };
  const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
  const rows = found.map((one): Record<string, Cell> => {
    const rate = one.work.rate(one.size, one.ours);
    return {
      work: one.work.name,
      precision: one.precision,
      backend,
      size: one.work.sizeText(one.size),
      "ours, s": round(one.ours),
      "spread, s": `${round(Math.min(...one.oursAll))}–${round(Math.max(...one.oursAll))}`,
      "peer, s": one.peer === undefined ? null : round(one.peer),
      ratio: one.ratio === undefined ? null : round(one.ratio),
      floor: one.work.floor === undefined ? "" : `${one.work.atMost === true ? "<=" : ">="} ${one.work.floor}`,
      "tokens/s": rate.tokens === undefined ? null : round(rate.tokens, 1),
      "of the machine": rate.share(limit),
    };
  });
  return {
    rows,
    figures: {
      mode,
      backend,
      machine: { gigaflops: round(machine.gigaflops, 1), gigabytes: round(machine.gigabytes, 1) },
      refused,
      cases: found.map(({ work, precision, size, ours, peer, ratio, oursAll, peerAll, note }) => ({
        ...{ work: work.name, precision, size, ours, peer, ratio, floor: work.floor, oursAll, peerAll, note },
      })),
    },
    missed: [
      ...(found.length === 0 ? ["nothing was measured"] : []),
      ...(found.some(({ oursAll }) => oursAll.length < 3)
        ? ["fewer than 3 rounds fit into the time: no verdict on a busy machine"]
        : []),
      ...found.flatMap(({ work, precision, ratio }) => {
        if (ratio === undefined || work.floor === undefined) return [];
        const isMet = work.atMost === true ? ratio <= work.floor : ratio >= work.floor;
        return isMet ? [] : [`${work.name}, ${precision}: ${ratio.toFixed(2)} x, floor ${work.floor}`];
      }),
    ],
  };
}
