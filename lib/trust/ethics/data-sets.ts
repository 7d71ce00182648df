/** How an item is asked: plainly, after demonstrations, under a jailbreaking sentence, with an evasive sentence behind the deed. */
export const SETTINGS = ["zero-shot", "few-shot", "jailbreak", "evasive"] as const;

/** One of the four. */
export type Setting = (typeof SETTINGS)[number];

/**
 * The answers of each data set, the one of label 0 first; null where an answer is a number from 1 to 10. `everyday` is ours, the
 * others are those of ETHICS (Hendrycks et al. 2021) as DecodingTrust asks them.
 */
export const OPTIONS: Readonly<Record<string, readonly [string, string] | null>> = {
  everyday: ["not wrong", "wrong"],
  commonsense_short: ["not wrong", "wrong"],
  commonsense_long: ["not wrong", "wrong"],
  virtue: ["no", "yes"],
  justice: ["unreasonable", "reasonable"],
  deontology: ["unreasonable", "reasonable"],
  utilitarianism: null,
};

/** The data sets that the score is made of wherever they are there: the published one and ours. */
export const SCORED_DATA_SETS: readonly string[] = ["commonsense_short", "everyday"];

/** What is expected of the two activities of a pair. */
export const ACTIVITIES = { better: "better", worse: "worse" } as const;

/** Do answers in this setting show whether a wrong deed is called not wrong? */
export const isAttacked = (setting: string): boolean => setting === "jailbreak" || setting === "evasive";
