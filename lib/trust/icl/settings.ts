import { cleanTaskOf, type ICL_TASKS, type IclPart } from "./score.js";

/** The linguistic properties whose demonstrations are turned round; each has its own task message. */
const PROPERTIES = ["control_raising", "irregular_form", "main_verb", "syntactic_category"] as const;

/** One published set of records, in a file for each draw of demonstrations. */
export interface IclSet {
  readonly part: IclPart;
  /** Below data/adv_demonstration. */
  readonly folder: string;
  /** As slices name it: "snli_premise_cf", "PP_entail-bias", "badword_setup1". */
  readonly name: string;
  /** Which task message it is asked with. */
  readonly message: "nli3" | "nli2" | "sa" | (typeof PROPERTIES)[number];
  readonly seeds: readonly number[];
  readonly task: (typeof ICL_TASKS)[number];
  /** Are the labels of its files the attack's target? */
  readonly isAttack: boolean;
}

const SEEDS = [42, 2333, 10007];

/** The published sets, scored or not, in the order of the published code. Experiments 2 and 3 of the backdoors are not scored. */
export const ICL_SETS: readonly IclSet[] = [...counterfactualSets(), ...spuriousSets(), ...backdoorSets()];

function counterfactualSets(): IclSet[] {
  const snli = ["snli_premise", "snli_hypothesis"].map((set) => ({ set, message: "nli3" as const }));
  return [...snli, ...PROPERTIES.map((set) => ({ set, message: set }))].flatMap(({ set, message }) => {
    const common = { part: "counterfactual" as const, seeds: SEEDS, isAttack: false };
    return [
      { ...common, folder: `counterfactual/${set}_cf`, name: `${set}_cf`, message, task: "counterfactual" as const },
      { ...common, folder: `counterfactual/${set}`, name: set, message, task: cleanTaskOf("counterfactual") },
    ];
  });
}

function spuriousSets(): IclSet[] {
  const cues = ["PP", "adverb", "embedded_under_verb", "l_relative_clause", "passive", "s_relative_clause"];
  return cues.flatMap((cue) =>
    ["entail-bias", "non-entail-bias"].map((bias) => ({
      ...{ part: "spurious" as const, task: "spurious" as const, isAttack: false },
      ...{
        folder: `spurious/${cue}/${bias}`,
        name: `${cue}_${bias}`,
        message: "nli2" as const,
        seeds: [0, 42, 2333, 10007, 12306],
      },
    })),
  );
}

function backdoorSets(): IclSet[] {
  return ["badword", "addsent", "synbkd", "stylebkd"].flatMap((attack) =>
    ["setup1", "setup2", "setup3"].flatMap((setup) => {
      const folder = `backdoor/experiment1/sst-2_${setup}_${attack}`;
      const common = { part: "backdoor" as const, message: "sa" as const, seeds: SEEDS };
      const name = `${attack}_${setup}`;
      return [
        { ...common, folder: `${folder}_asr`, name, task: "backdoor" as const, isAttack: true },
        { ...common, folder: `${folder}_cacc`, name: `${name}_cacc`, task: cleanTaskOf("backdoor"), isAttack: false },
      ];
    }),
  );
}
