import { parseArgs } from "node:util";

import { groupBy } from "../../lib/core/group.js";
import { createRandom } from "../../lib/core/random.js";
import { Engine, type Request } from "../../lib/inference/index.js";
import { renderPrompt } from "../../lib/inference/prompts.js";
import { loadModel, type Model } from "../../lib/model/index.js";
import { balancedSubset, type Dimension, dimensions, readSuite } from "../../lib/trust/index.js";
import { type Cell, type ParityReport, runParity } from "../parity/report.js";
import { withoutEnds } from "./inference/ours.js";
import { Peer } from "./inference/peer.js";

/** How much faster than a plain loop, over all dimensions together: issue 7. */
const FLOOR = 2;

/**
 * `npm run bench -- trust --peer PYTHON [--limit N] [--rounds N] [DIMENSION…]`: items a second of our suites' prompts, N of each task, on
 * SmolLM2 f32: our engine against a plain transformers loop, one prompt after the other, over the same tokens. Both answer
 * greedily with as many tokens as the dimension allows.
 */
export async function benchTrust(args: readonly string[]): Promise<void> {
  await runParity("bench trust", async () => {
    const options = {
      peer: { type: "string" },
      limit: { type: "string", default: "4" },
      rounds: { type: "string", default: "3" },
    } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    process.env["TF_NUM_INTRAOP_THREADS"] ??= "2"; // as the peer's
    const model = withoutEnds(await loadModel("smollm2"));
    const engine = await Engine.open({ model, weights: model.weights });
    const peer = values.peer === undefined ? undefined : new Peer(values.peer, model.path);
    try {
      await peer?.load("float32");
      const ours = Object.values<Dimension>(dimensions).filter(({ ownOnly = false }) => !ownOnly);
      const chosen = ours.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
      const works = await Promise.all(chosen.map((dimension) => workOf(dimension, Number(values.limit))));
      const rounds = Number(values.rounds);
      return report(await alternate(works, { engine, peer, rounds }), rounds);
    } finally {
      peer?.close();
      engine.close();
      await model.close();
    }
  });
}

type Generate = Request & { readonly kind: "generate" };

interface Work {
  readonly name: string;
  readonly requests: readonly Generate[];
}

async function workOf(dimension: Dimension, limit: number): Promise<Work> {
  const { items } = await readSuite(dimension, "mini");
  const requests = balancedSubset(items, limit, createRandom(0)).map(({ messages, generation }): Generate => {
    const { maxTokens } = { ...dimension.generation, ...generation };
    return { kind: "generate", messages, maxTokens, temperature: 0 };
  });
  return { name: dimension.name, requests };
}

interface Sides {
  readonly engine: Engine;
  readonly peer: Peer | undefined;
  readonly rounds: number;
}

interface Measured extends Work {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}

/** All works on both sides in turn, so that a busy minute of the machine meets both. */
async function alternate(works: readonly Work[], { engine, peer, rounds }: Sides): Promise<Measured[]> {
  const found = works.map((work) => ({ ...work, ours: new Array<number>(), peer: new Array<number>() }));
  for (const { requests } of works) await ours(engine, requests.slice(0, 2));
  for (let round = 0; round < rounds; round++) {
    for (const work of found) {
      work.ours.push(await ours(engine, work.requests));
      if (peer !== undefined) work.peer.push(await theirs(peer, engine.model, work.requests));
      const [mine, other] = [work.ours.at(-1) ?? 0, work.peer.at(-1) ?? 0];
      console.error(`round ${round + 1}, ${work.name}: ours ${mine.toFixed(2)} s, peer ${other.toFixed(2)} s`);
    }
  }
  return found;
}

async function ours(engine: Engine, requests: readonly Request[]): Promise<number> {
  const started = performance.now();
  let answered = 0;
  for await (const batch of engine.responder(engine.model.weights).answer(requests)) answered += batch.length;
  if (answered !== requests.length) throw new Error(`${answered} of ${requests.length} requests were answered`);
  return (performance.now() - started) / 1000;
}

async function theirs(peer: Peer, model: Model, requests: readonly Generate[]): Promise<number> {
  let seconds = 0;
  for (const [maxTokens, some] of groupBy(requests, (request) => request.maxTokens)) {
    const prompts = some.map((request) => renderPrompt(model, request).tokens);
    seconds += (await peer.ask({ cmd: "generate", batch: 1, max_new: maxTokens, prompts })).seconds;
  }
  return seconds;
}

function report(measured: readonly Measured[], count: number): Omit<ParityReport, "command"> {
  const rows = measured.map(({ name, requests, ours, peer }) => rowOf(name, requests.length, { ours, peer }));
  const rounds = [...Array(count).keys()];
  const all = {
    ours: rounds.map((round) => sum(measured.map(({ ours }) => ours[round]))),
    peer: measured.some(({ peer }) => peer.length === 0)
      ? []
      : rounds.map((round) => sum(measured.map(({ peer }) => peer[round]))),
  };
  const ratio = all.peer.length === 0 ? null : median(all.peer) / median(all.ours);
  const items = sum(measured.map(({ requests }) => requests.length));
  return {
    rows: [...rows, rowOf("all together", items, all)],
    figures: { ratio, floor: FLOOR, items, rounds: count },
    missed: ratio === null || ratio >= FLOOR ? [] : [`all dimensions together: ${ratio.toFixed(2)} x, floor ${FLOOR}`],
  };
}

function rowOf(
  name: string,
  items: number,
  { ours, peer }: { readonly ours: readonly number[]; readonly peer: readonly number[] },
): Record<string, Cell> {
  const [mine, other] = [median(ours), peer.length === 0 ? null : median(peer)];
  return {
    dimension: name,
    items,
    "ours, s": round(mine),
    "peer, s": other === null ? null : round(other),
    "ours, items/s": round(items / mine),
    "peer, items/s": other === null ? null : round(items / other),
    ratio: other === null ? null : round(other / mine),
  };
}

const round = (value: number): number => Number(value.toFixed(2));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
