import { chosen, difference, groupsOf, halfPruned, largest, meanDrift, overRuns, type Sheet, smallest } from "../sheet.js";
import { type Claim, type Condition, MODELS, STRONG } from "./claim.js";
import { drifts, meanDrifts, of, shareOf } from "./figures.js";

const PRUNED = of({ kind: "pruned" });
const twoOfFour = (method: string) => of({ method, pattern: "2:4" });

/** The claims that speak of pruning only. */
export const pruningClaims: readonly Claim[] = [
  {
    ...{ number: 3, source: "A, W", models: MODELS, text: "Pruning degrades trust strongly, even at 50 %" },
    conditions: [
      {
        ...{ what: "highest mean drift, half pruned", side: "below", bound: -STRONG },
        figure: (s) => largest(meanDrifts(halfPruned)(s)),
      },
    ],
  },
  {
    ...{ number: 13, source: "M", models: MODELS, text: "SparseGPT is the least harmful pruning at 2:4" },
    conditions: [
      {
        ...{ what: "mean drift of sparsegpt 2:4 minus the best of magnitude's and wanda's", side: "above", bound: 0 },
        figure: (s) =>
          difference(
            smallest(meanDrifts(twoOfFour("sparsegpt"))(s)),
            largest([...needed(meanDrifts(twoOfFour("wanda"))(s)), ...needed(meanDrifts(twoOfFour("magnitude"))(s))]),
          ),
      },
    ],
  },
  {
    ...{ number: 14, source: "R, M", models: MODELS },
    text: "Finer structure keeps more: 4:8 above 2:4 above 1:2",
    conditions: [finer("4:8", "2:4"), finer("2:4", "1:2")],
  },
  {
    ...{ number: 15, source: "M", models: MODELS, text: "Pruned models refuse less on ethics" },
    conditions: [
      {
        ...{ what: "pruned variants that refuse less on ethics, per cent", side: "above", bound: 50, rounding: 0 },
        figure: (s) =>
          shareOf(
            PRUNED(s).map((group) => refusalDrift(s, group.runs)),
            (moved) => moved < 0,
          ),
      },
    ],
  },
  {
    ...{ number: 17, source: "M", models: MODELS.slice(0, 1) },
    text: "Toxicity collapses at 3-bit GPTQ and under pruning (chat)",
    conditions: [
      {
        ...{ what: "drift of toxicity of gptq at 3 bits", side: "below", bound: -STRONG },
        figure: (s) => largest(drifts(of({ method: "gptq", bits: [3] }), "toxicity")(s)),
      },
      {
        ...{ what: "highest drift of toxicity, half pruned", side: "below", bound: -STRONG },
        figure: (s) => largest(drifts(halfPruned, "toxicity")(s)),
      },
    ],
  },
  {
    ...{ number: 20, source: "M", models: MODELS, text: "AdvDemo and OOD fall with MMLU under pruning" },
    conditions: (["mmlu", "icl", "ood"] as const).map((measure) => ({
      ...{ what: `highest drift of ${measure}, half pruned`, side: "below", bound: 0 },
      figure: (s) => largest(drifts(halfPruned, measure)(s)),
    })),
  },
  {
    ...{
      number: 23,
      source: "T",
      models: MODELS,
      against: 3,
      text: "Half pruned, a model can score above its original in the mean",
    },
    conditions: [
      {
        ...{ what: "highest mean drift, half pruned", side: "above", bound: 0 },
        figure: (s) => largest(meanDrifts(halfPruned)(s)),
      },
    ],
  },
];

/** Of the methods that have both patterns, the least advantage of one over the other. */
function finer(fine: string, coarse: string): Condition {
  return {
    ...{ what: `mean drift of ${fine} minus ${coarse}'s, least over methods`, side: "above", bound: 0 },
    figure: (s) => {
      const groups = groupsOf(chosen(s, { kind: "pruned" }));
      const both = groups
        .filter(({ pattern }) => pattern === fine)
        .flatMap((group) => {
          const other = groups.find(({ method, pattern }) => method === group.method && pattern === coarse);
          return other === undefined ? [] : [difference(meanDrift(s, group), meanDrift(s, other))];
        });
      return smallest(both);
    },
  };
}

/** Ethics' refusals of runs minus the dense model's, in per cent of the answers. */
function refusalDrift({ rows }: Sheet, runs: Sheet["rows"]): number | null {
  const dense = rows.find(({ method }) => method === "dense");
  return difference(
    overRuns({ runs }, ({ refusals }) => refusals.ethics),
    dense?.refusals.ethics ?? null,
  );
}

/** A method that is not there makes the comparison none, not one of fewer methods. */
const needed = (values: readonly (number | null)[]): readonly (number | null)[] => (values.length === 0 ? [null] : values);
