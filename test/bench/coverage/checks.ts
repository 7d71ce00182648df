import { type Drift, driftEvidence, driftInterval, type Sides } from "../../../lib/analysis/drift.js";
import { planCurve } from "../../../lib/analysis/planner.js";
import { familyVerdicts, verdictOf } from "../../../lib/analysis/verdict.js";
import { groupBy } from "../../../lib/core/group.js";
import { createRandom, type Random } from "../../../lib/core/random.js";
import { aggregate } from "../../../lib/trust/aggregate.js";
import type { LabelledAnswer } from "../../../lib/trust/index.js";
import { clusteredMean, fewChanges, meansOfMeans, type World, WORLDS } from "./worlds.js";

/** What is counted over simulated studies. */
export type CheckName = "coverage" | "family at the margin" | "family at zero" | "power";

/** A check of one world, some of its studies: what a worker is asked. */
export interface Job {
  readonly check: CheckName;
  /** Its name; none for a family. */
  readonly world: string;
  readonly clusters: number;
  readonly from: number;
  readonly to: number;
}

/** How often each thing happened. */
export type Counts = Readonly<Record<string, number>>;

/** Resamples where intervals are of 95 %, and where a family's are narrower. */
const RESAMPLES = { coverage: 500, family: 500 };

/** Verdicts in a family. */
const CELLS = 12;
const MARGIN = 8;

/** Clusters that the planner plans from: one study for all. */
export const PILOT = 60;

/** Every study has seeds of its own, so that what is found does not depend on how the studies are shared out. */
export function runJob(job: Job): Counts {
  const counts: Record<string, number> = {};
  for (let study = job.from; study < job.to; study++) {
    const random = createRandom(`coverage/${job.check}/${job.world}/${job.clusters}/${study}`);
    for (const happened of CHECKS[job.check](job, random)) counts[happened] = (counts[happened] ?? 0) + 1;
  }
  return counts;
}

const CHECKS: Readonly<Record<CheckName, (job: Job, random: Random) => string[]>> = {
  coverage: (job, random) => covered(worldOf(job), job.clusters, random),
  "family at the margin": ({ clusters }, random) => falseVerdict(clusters, { random, shift: "margin" }),
  "family at zero": ({ clusters }, random) => falseVerdict(clusters, { random, shift: "zero" }),
  power: (job, random) => decided(worldOf(job), job.clusters, random),
};

export function worldOf({ world }: Pick<Job, "world">): World {
  const found = WORLDS.find(({ name }) => name === world);
  if (found === undefined) throw new Error(`no world ${world}`);
  return found;
}

/** Which intervals hold the truth. */
function covered({ dimension, truth, study }: World, clusters: number, random: Random): string[] {
  const sides = study(clusters, random.fork("study"));
  const options = { random: random.fork("interval"), resamples: RESAMPLES.coverage };
  const score = aggregate(dimension, sides.other, options);
  const moved = driftEvidence(dimension, sides, options);
  const holds = (found: { readonly low: number; readonly high: number } | null, value: number): boolean =>
    found !== null && found.low <= value && value <= found.high;
  return [
    ...(holds(score, truth.score) ? ["score"] : []),
    ...(holds(moved === null ? null : driftInterval({ evidence: moved }), truth.drift) ? ["drift"] : []),
  ];
}

interface Null {
  readonly random: Random;
  /** Where the drifts truly are. */
  readonly shift: "margin" | "zero";
}

/**
 * Whether any of a family's verdicts is wrong, all drifts being exactly at −margin, where neither `inferior` nor `not inferior` is
 * right, or at zero, where neither `better` nor `inferior` is.
 */
function falseVerdict(clusters: number, { random, shift }: Null): string[] {
  const drifts = Array.from({ length: CELLS }, (_, cell) =>
    nullDrift(clusters, { cell, random: random.fork(`cell ${cell}`), shift }),
  );
  const verdicts = familyVerdicts(drifts, { margin: MARGIN, correction: "holm" }).map(({ verdict }) => verdict);
  const isWrong =
    shift === "margin"
      ? verdicts.some((one) => one !== "undecided")
      : verdicts.some((one) => one === "better" || one === "inferior");
  return isWrong ? ["wrong"] : [];
}

/** Half of the cells are means of clusters of several members, half right or wrong by cluster. */
function nullDrift(clusters: number, { cell, random, shift }: Null & { readonly cell: number }): Pick<Drift, "evidence"> {
  const [lost, gained] = shift === "margin" ? [0.16, 0.08] : [0.12, 0.12];
  const sizeOf = (): number => (cell % 2 === 0 ? 1 : 1 + random.integer(6));
  const members = Array.from({ length: clusters }, (_, cluster) => {
    const tilt = cell % 2 === 0 ? 0 : 0.06 * (2 * random.uniform() - 1);
    return Array.from({ length: sizeOf() }, (_, place) => {
      const step = random.uniform();
      const base = step < lost + tilt ? 1 : step < lost + gained ? 0 : random.integer(2);
      const other = step < lost + gained ? 1 - base : base;
      return { base: answer(cluster, place, base), other: answer(cluster, place, other) };
    });
  }).flat();
  const sides = { base: members.map(({ base }) => base), other: members.map(({ other }) => other) };
  const options = { random: random.fork("interval"), resamples: RESAMPLES.family };
  const evidence = driftEvidence(clusteredMean.dimension, sides, options);
  if (evidence === null) throw new Error("a simulated study has no drift");
  return { evidence };
}

function answer(cluster: number, place: number, value: number): LabelledAnswer {
  const label = { scorer: "dt", official: "", state: value === 1 ? "right" : "wrong", value } as const;
  const facts = { task: "task", repeat: 0, stratum: null, slices: {}, expected: null };
  return { ...facts, item: `${cluster}/${place}`, cluster: String(cluster), label };
}

/** The worlds that are planned for, each with the margin that leaves about as many drifts open as settled. */
export const PLANNED: readonly { readonly world: World; readonly margin: number; readonly clusters: number }[] = [
  { world: clusteredMean, margin: 13, clusters: 120 },
  { world: fewChanges, margin: 8, clusters: 120 },
  { world: meansOfMeans, margin: 7, clusters: 60 },
];

const plannedOf = (world: World) => PLANNED.find((one) => one.world === world) ?? { margin: MARGIN };
const pilotOf = (world: World): Sides => world.study(PILOT, createRandom(`pilot/${world.name}`));

/** What the planner promises: the share of studies of that size whose verdict is not `undecided`. */
export function promised(world: World, clusters: number, studies: number): number {
  const options = {
    random: createRandom(`promise/${world.name}`),
    margin: plannedOf(world).margin,
    level: 0.95,
    sizes: [clusters],
    studies,
  };
  const [size] = planCurve(world.dimension, pilotOf(world), options) ?? [];
  return size?.decided ?? Number.NaN;
}

/** Whether a study of clusters like the pilot's, with the interval that users get, is decided. */
function decided(world: World, clusters: number, random: Random): string[] {
  const pilot = pilotOf(world);
  const [base, other] = [pilot.base, pilot.other].map((side) => [...groupBy(side, ({ cluster }) => cluster).values()]);
  const places = Array.from({ length: clusters }, () => random.integer(base.length));
  const anew = (side: readonly (readonly LabelledAnswer[])[]): LabelledAnswer[] =>
    places.flatMap((place, index) =>
      side[place].map((one) => ({ ...one, item: `${index}:${one.item}`, cluster: String(index) })),
    );
  const sides = { base: anew(base), other: anew(other) };
  const evidence = driftEvidence(world.dimension, sides, { random: random.fork("interval"), resamples: RESAMPLES.coverage });
  return evidence !== null && verdictOf(driftInterval({ evidence }), plannedOf(world).margin) !== "undecided" ? ["decided"] : [];
}
