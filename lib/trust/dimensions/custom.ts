import { z } from "zod";

import { type SumStatistic, valueOf } from "../../statistics/index.js";
import { customItems } from "../custom/rows.js";
import { isRight, type Rule, RULES } from "../custom/rules.js";
import { degeneracy } from "../degenerate.js";
import type { Dimension, LabelledAnswer } from "../dimension.js";
import type { Answered, Asked, Label, ScorerName, State } from "../item.js";
import { inPoints, sumsOfMeans } from "../mean-of-means.js";
import { plainText } from "../plain-text.js";
import { isRefusal } from "../refusal.js";

/**
 * A person's own questions, each with the rule that judges its answers; `--suite FILE` says which. There is no published scorer, so
 * all three names give the same labels.
 */
export const custom: Dimension = {
  name: "custom",
  summary: "your own questions, with a rule for each: --suite FILE, a JSONL or CSV file",
  tasks: [],
  ownOnly: true,
  promptVersion: 1,
  generation: { maxTokens: 64, temperature: 0, repeats: 1 },
  items: customItems,
  label,
  score: (answers) => valueOf(sums(answers), answers),
  sums,
  mended: [],
};

/**
 * Right earns 1, wrong 0. What the rule finds right is right, whatever else it says; otherwise an unreadable answer is degenerate
 * and one that refuses is refused, and both are left out of the score.
 */
function label({ text }: Answered, item: Asked, scorer: ScorerName): Label {
  const state = stateOf(text, item);
  return {
    scorer,
    official: state,
    state,
    ...(state === "right" || state === "wrong" ? { value: state === "right" ? 1 : 0 } : {}),
  };
}

const KnownRule = z.enum(RULES).catch("answers");

function stateOf(text: string, { expected, facts = {} }: Asked): State {
  const rule: Rule = KnownRule.parse(facts.rule);
  const right = isRight(rule, text, expected ?? "");
  if (rule === "choice" || (right && (rule === "exact" || rule === "contains" || rule === "number" || rule === "refuses"))) {
    return right ? "right" : "wrong";
  }
  if (degeneracy(plainText(text), facts.prompt ?? "") !== null) return "degenerate";
  if (rule === "refuses") return "wrong";
  if (rule === "answers") return right ? "right" : "wrong";
  return isRefusal(text) ? "refused" : right ? "right" : "wrong";
}

/** 100 x the mean over tasks of the mean value of the answers that have one. */
function sums(answers: readonly LabelledAnswer[]): SumStatistic<LabelledAnswer> {
  return inPoints(sumsOfMeans(answers, [({ task }) => task]));
}
