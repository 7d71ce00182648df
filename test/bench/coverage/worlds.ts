import type { Scored, Sides } from "../../../lib/analysis/drift.js";
import type { Random } from "../../../lib/core/random.js";
import { type SumStatistic, valueOf } from "../../../lib/statistics/index.js";
import { fairnessSums } from "../../../lib/trust/fairness/score.js";
import type { LabelledAnswer } from "../../../lib/trust/index.js";
import { inPoints, sumsOfMeans } from "../../../lib/trust/mean-of-means.js";
import { toxicitySums } from "../../../lib/trust/toxicity/score.js";

/** A population of clusters whose scores are known. */
export interface World {
  readonly name: string;
  readonly dimension: Scored;
  /** Points: the variant's score, and how far it lies from the base's. */
  readonly truth: { readonly score: number; readonly drift: number };
  /** A new study of so many clusters. */
  readonly study: (clusters: number, random: Random) => Sides;
}

/** One answer of both variants. */
interface Asked extends Pick<LabelledAnswer, "task" | "stratum" | "slices" | "expected"> {
  /** Answers of one prompt have their numbers; others are one a prompt. */
  readonly repeat?: number;
  readonly base: number;
  readonly other: number;
}

/** What is common to a cluster, drawn before its answers. */
interface Drawing {
  /** Place of the cluster in its study. */
  readonly index: number;
  readonly random: Random;
}

const PLAIN: Omit<Asked, "base" | "other"> = { task: "task", stratum: null, slices: {}, expected: null };

/** Right or wrong. */
const draw = (probability: number, random: Random): number => (random.uniform() < probability ? 1 : 0);

/** How far the members of a cluster are alike: a cluster's probability lies within this of its world's. */
const SPREAD = 0.2;
const around = (probability: number, random: Random): number => probability + SPREAD * (2 * random.uniform() - 1);

/** How often the variant answers as the base does, whatever the question: what makes drifts narrower than scores. */
const KEPT = 0.6;

/** Both variants on one item: the variant keeps the base's answer or draws its own. */
function both(base: number, other: number, random: Random): Pick<Asked, "base" | "other"> {
  const before = draw(base, random);
  return { base: before, other: random.uniform() < KEPT ? before : draw(other, random) };
}

/** What a variant's share becomes when it keeps some answers of the base. */
const mixed = (base: number, other: number): number => KEPT * base + (1 - KEPT) * other;

function world({ rates, cluster, ...facts }: Omit<World, "study" | "truth"> & Made): World {
  const study = (clusters: number, random: Random): Sides => {
    const asked = Array.from({ length: clusters }, (_, index) => cluster({ index, random }));
    const side = (of: "base" | "other"): LabelledAnswer[] =>
      asked.flatMap((members, index) => members.map((member, place) => answerOf(member, { of, index, place })));
    return { base: side("base"), other: side("other") };
  };
  return { ...facts, study, truth: { score: 100 * rates.other, drift: 100 * (rates.other - rates.base) } };
}

interface Made {
  readonly rates: { readonly base: number; readonly other: number };
  readonly cluster: (drawing: Drawing) => Asked[];
}

interface Place {
  readonly of: "base" | "other";
  readonly index: number;
  readonly place: number;
}

function answerOf({ base, other, ...facts }: Asked, { of, index, place }: Place): LabelledAnswer {
  const value = of === "base" ? base : other;
  const label = { scorer: "dt", official: "", state: value >= 0.5 ? "right" : "wrong", value } as const;
  const item = facts.repeat === undefined ? `${index}/${place}` : String(index);
  return { repeat: 0, ...facts, item, cluster: String(index), label };
}

/** A score that is a function of sums. */
const dimensionOf = (sums: (answers: readonly LabelledAnswer[]) => SumStatistic<LabelledAnswer>): Scored => ({
  score: (answers) => valueOf(sums(answers), answers),
  sums,
});

const mean = dimensionOf((answers) => inPoints(sumsOfMeans(answers, [])));

const several = (most: number, random: Random): undefined[] => [...new Array<undefined>(1 + random.integer(most))];

/** Clusters of one to six, whose members are alike. */
export const clusteredMean = world({
  name: "mean, clusters of 1-6",
  dimension: mean,
  rates: { base: 0.65, other: mixed(0.65, 0.5) },
  cluster: ({ random }) => {
    const [base, other] = [around(0.65, random), around(0.5, random)];
    return several(6, random).map(() => ({ ...PLAIN, ...both(base, other, random) }));
  },
});

/** Every item its own cluster: 6 in 100 lost, 3 gained. */
export const fewChanges = world({
  name: "right or wrong, few changes",
  dimension: mean,
  rates: { base: 0.7, other: 0.67 },
  cluster: ({ random }) => {
    const step = random.uniform();
    const base = step < 0.06 ? 1 : step < 0.09 ? 0 : draw(0.64 / 0.91, random);
    return [{ ...PLAIN, base, other: step < 0.09 ? 1 - base : base }];
  },
});

const STRATA = [0.35, 0.55, 0.75];

/** Three strata in turn, which differ; clusters of one to three. */
export const stratifiedMean = world({
  name: "mean, three strata",
  dimension: mean,
  rates: { base: 0.55, other: mixed(0.55, 0.45) },
  cluster: ({ index, random }) => {
    const rate = STRATA[index % STRATA.length];
    const [base, other] = [around(rate, random), around(rate - 0.1, random)];
    return several(3, random).map(() => ({
      ...PLAIN,
      stratum: `stratum ${index % STRATA.length}`,
      ...both(base, other, random),
    }));
  },
});

const TASKS = [0.4, 0.6, 0.7];

/** A mean of the means of three tasks, which are of different sizes; a cluster's questions are asked in all of them. */
export const meansOfMeans = world({
  name: "mean of three tasks' means",
  dimension: dimensionOf((answers) => inPoints(sumsOfMeans(answers, [({ task }) => task]))),
  rates: { base: 1.7 / 3, other: mixed(1.7 / 3, 1.4 / 3) },
  cluster: ({ random }) => {
    const shift = around(0, random);
    return TASKS.flatMap((rate, task) =>
      several(task + 1, random).map(() => ({
        ...PLAIN,
        task: `task ${task}`,
        ...both(rate + shift, rate + shift - 0.1, random),
      })),
    );
  },
});

/** Rates of favourable answers of a group, by right answer. */
interface GroupRates {
  readonly yes: Pick<Asked, "base" | "other">;
  readonly no: Pick<Asked, "base" | "other">;
}

/** A cluster of one or two people of each group, to whom a shift is common. */
const peopleOf = (groups: Readonly<Record<string, GroupRates>>, random: Random): Asked[] => {
  const shift = around(0, random) / 2;
  return Object.entries(groups).flatMap(([group, rates]) =>
    several(2, random).map(() => {
      const expected = random.uniform() < 0.5 ? "yes" : "no";
      const { base, other } = both(rates[expected].base + shift, rates[expected].other + shift, random);
      const [before, after] = expected === "yes" ? [base, other] : [1 - base, 1 - other];
      return { ...PLAIN, slices: { attribute: "sex", group }, expected, base: before, other: after };
    }),
  );
};

const alike = (rates: Pick<Asked, "base" | "other">): GroupRates => ({ yes: rates, no: rates });

/** 100 less the difference of two groups' shares of favourable answers: `dt`'s fairness score. */
export const rateDifference = world({
  name: "fairness, parity",
  dimension: dimensionOf((answers) => fairnessSums(answers, "dt")),
  rates: { base: 1 - 0.3, other: 1 - (mixed(0.75, 0.8) - mixed(0.45, 0.3)) },
  cluster: ({ random }) => peopleOf({ man: alike({ base: 0.75, other: 0.8 }), woman: alike({ base: 0.45, other: 0.3 }) }, random),
});

/** Groups whose true positive rates are further apart than the false ones, so that equalized odds have one value. */
const TREATED = {
  man: { yes: { base: 0.85, other: 0.8 }, no: { base: 0.5, other: 0.55 } },
  woman: { yes: { base: 0.5, other: 0.35 }, no: { base: 0.4, other: 0.4 } },
};

const unfairness = (rate: (rates: Pick<Asked, "base" | "other">) => number): number => {
  const [yes, no] = (["yes", "no"] as const).map((gold) => rate(TREATED.man[gold]) - rate(TREATED.woman[gold]));
  return ((yes + no) / 2 + yes) / 2;
};

/** Demographic parity and equalized odds: the fairness score of `comp` and `touchstone`. */
export const parityAndOdds = world({
  name: "fairness, parity and odds",
  dimension: dimensionOf((answers) => fairnessSums(answers, "touchstone")),
  rates: {
    base: 1 - unfairness(({ base }) => base),
    other: 1 - unfairness(({ base, other }) => mixed(base, other)),
  },
  cluster: ({ random }) => peopleOf(TREATED, random),
});

const REPEATS = 5;
/** Toxicities are powers of uniform numbers: the mean of the largest of five is 5/(5 + power). */
const POWERS = { base: 4, other: 3 };
const expectedMaximum = (power: number): number => REPEATS / (REPEATS + power);

/** Expected maximum toxicity over five answers to each prompt, under two templates. */
export const maximumToxicity = world({
  name: "expected maximum toxicity",
  dimension: dimensionOf((answers) => toxicitySums(answers, "touchstone")),
  rates: { base: 1 - expectedMaximum(POWERS.base), other: 1 - expectedMaximum(POWERS.other) },
  cluster: ({ random }) =>
    ["benign", "adversarial"].flatMap((task) =>
      Array.from({ length: REPEATS }, (_, repeat) => {
        const before = random.uniform();
        const after = random.uniform() < KEPT ? before : random.uniform();
        return { ...PLAIN, task, repeat, base: 1 - before ** POWERS.base, other: 1 - after ** POWERS.other };
      }),
    ),
});

/** One in five clusters of one to six loses half of its answers, the others nothing: changes are skewed. */
export const lossesAlone = world({
  name: "mean, losses alone",
  dimension: mean,
  rates: { base: 0.7, other: 0.7 - 0.7 * 0.1 },
  cluster: ({ random }) => {
    const share = random.uniform() < 0.2 ? 0.5 : 0;
    return several(6, random).map(() => {
      const base = draw(0.7, random);
      return { ...PLAIN, base, other: random.uniform() < share ? 0 : base };
    });
  },
});

/** All of them. */
export const WORLDS: readonly World[] = [
  clusteredMean,
  fewChanges,
  stratifiedMean,
  meansOfMeans,
  rateDifference,
  parityAndOdds,
  maximumToxicity,
  lossesAlone,
];
