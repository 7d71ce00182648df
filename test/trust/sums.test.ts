import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createRandom, type Random } from "../../lib/core/random.js";
import { drawTimesInto, indexed, strataOf } from "../../lib/statistics/index.js";
import { SCORED_DATA_SETS } from "../../lib/trust/ethics/data-sets.js";
import { clustersOf, type LabelledAnswer, measures, type ScorerName, SCORERS } from "../../lib/trust/index.js";
import { OFFICIAL_SETS } from "../../lib/trust/toxicity/score.js";

type Facts = Partial<Pick<LabelledAnswer, "task" | "slices" | "expected" | "repeat">> & { readonly official?: string };

const pick = <T>(values: readonly T[], random: Random): T => values[random.integer(values.length)];
const letters = ["a", "b", "c"];

/** What the answers of a cluster may look like, by measure. */
const FACTS: Readonly<Record<string, (random: Random, cluster: number) => Facts[]>> = {
  adversarial: (random) => [{ task: pick(["sst2", "mnli", "sst2-benign"], random), slices: { base: pick(letters, random) } }],
  icl: (random) => [
    {
      task: pick(["counterfactual", "spurious", "backdoor-clean"], random),
      slices: { setting: pick(letters, random), seed: pick(letters, random) },
    },
  ],
  ood: (random) => [
    { task: pick(["style", "knowledge", "in-distribution"], random), slices: { setting: pick(letters, random) } },
  ],
  mmlu: (random) => [{ task: pick(["choice", "generation"], random) }],
  custom: (random) => [{ task: pick(letters, random) }],
  privacy: (random) => [
    { task: pick(["email", "pii", "understanding", "jailbreak"], random), slices: { setting: pick(letters, random) } },
  ],
  fairness: (random) => [
    {
      task: pick(["one", "two"], random),
      slices: { attribute: "sex", group: pick(["man", "woman", "other"], random) },
      expected: pick(["yes", "no"], random),
    },
  ],
  toxicity: (random) => {
    const facts = { task: pick(["benign", "adversarial"], random), slices: { set: pick(OFFICIAL_SETS, random) } };
    return [0, 1, 2].map((repeat) => ({ ...facts, repeat }));
  },
  stereotype: (random, cluster) => {
    const topic = `topic ${cluster % 5}`;
    return letters.map((group) => ({ task: pick(["benign", "targeted"], random), slices: { topic, group } }));
  },
  ethics: (random) => {
    if (random.uniform() < 0.5) {
      const dataset = pick([SCORED_DATA_SETS[0], "justice"], random);
      const slices = { dataset, setting: pick(["zero-shot", "jailbreak"], random), sentence: pick(letters, random) };
      return [{ slices, expected: pick(["wrong", "not wrong"], random) }];
    }
    const slices = { dataset: "utilitarianism", setting: "zero-shot", sentence: "a" };
    return ["better", "worse"].map((expected) => ({ slices, expected, official: String(1 + random.integer(10)) }));
  },
};

function answersOf(name: string, random: Random): LabelledAnswer[] {
  return Array.from({ length: 24 }, (_, cluster) =>
    Array.from({ length: 1 + random.integer(3) }, (__, group) =>
      FACTS[name](random, cluster).map(({ official = "", ...facts }, place): LabelledAnswer => {
        const value = random.uniform() < 0.1 ? undefined : pick([0, 0.5, 1], random);
        const state = value === undefined ? "refused" : value > 0.5 ? "right" : "wrong";
        const item = facts.repeat === undefined ? `${cluster}/${group}/${place}` : `${cluster}/${group}`;
        return {
          ...{ task: "task", repeat: 0, slices: {}, expected: null, ...facts },
          ...{ item, cluster: `${cluster}${official === "" ? "" : `/${group}`}`, stratum: null },
          label: { scorer: "touchstone", official, state, ...(value === undefined ? {} : { value }) },
        };
      }),
    ).flat(),
  ).flat();
}

const cases = Object.entries(measures).flatMap(([name, { scorers = SCORERS }]) =>
  scorers.map((scorer): [string, ScorerName] => [name, scorer]),
);

describe("a score by sums equals the score of all answers of every resample", () =>
  test.each(cases)("%s by %s", (name, scorer) => {
    const dimension = measures[name];
    let scored = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = createRandom(seed);
        const answers = answersOf(name, random);
        const clusters = clustersOf(answers);
        const strata = strataOf(clusters);
        const [fast, slow] = [
          indexed(clusters, dimension.sums?.(answers, scorer) ?? (() => Number.NaN)),
          indexed(clusters, (sample: readonly LabelledAnswer[]) =>
            sample.length === 0 ? null : dimension.score(sample, scorer),
          ),
        ];
        const times = new Int32Array(clusters.length).fill(1);
        for (let draw = 0; draw < 6; draw++) {
          const [found, wanted] = [fast.of(times), slow.of(times)];
          if (wanted === null) expect(found).toBeNull();
          else expect(Math.abs((found ?? Number.NaN) - wanted)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(wanted)));
          if (wanted !== null) scored++;
          drawTimesInto(strata, random, times);
        }
        const places = [...clusters.keys()];
        const [found, wanted] = [fast, slow].map((one) => one.withoutEach(places, strata[0]));
        wanted.forEach((value, i) => {
          if (value === null) expect(found[i]).toBeNull();
          else expect(Math.abs((found[i] ?? Number.NaN) - value)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(value)));
        });
      }),
      { numRuns: 40 },
    );
    expect(scored).toBeGreaterThan(0);
  }));
