import { chosen, difference, type Group, groupName, groupsOf, meanDrift, overRuns, type Sheet } from "../sheet.js";
import { driftRow, eachModel, type Question, signed, worstOf } from "./question.js";

/** What the last bit costs: 8, 4 and 3 bits of each method. */
export const collapse: Question = {
  name: "collapse",
  asks: "Does trust collapse at 3 bits, and does MMLU show it?",
  columns: [
    ...(["figures", "paperModel", "compression", "rate", "runs", "meanDrift", "driftLow", "driftHigh"] as const),
    ...(["worstDimension", "worstDrift", "mmluDrift"] as const),
  ],
  answer: (asked) =>
    eachModel(asked, (one) => {
      const groups = groupsOf(chosen(one.sheet, { kind: "quantized" })).sort((a, b) => b.rate - a.rate);
      const three = groups.filter(({ bits }) => bits === 3);
      const told = three.map((group) => stepText(one.sheet, groups, group));
      const sentence = three.length === 0 ? "no variant at 3 bits was measured." : `${told.join("; ")}.`;
      return { rows: groups.map((group) => driftRow(one, group)), sentence };
    }),
};

function stepText(sheet: Sheet, groups: readonly Group[], three: Group): string {
  const four = groups.find(({ method, bits }) => method === three.method && bits === 4);
  const step = four === undefined ? null : difference(meanDrift(sheet, three), meanDrift(sheet, four));
  const worst = worstOf(sheet, three);
  const mmlu = overRuns(three, ({ drifts }) => drifts.mmlu);
  return [
    `${groupName(three)} ${step === null ? "has no 4-bit variant beside it" : `stands ${signed(step)} points from 4 bits`}`,
    worst === undefined ? "" : `its worst dimension is ${worst.name}, ${signed(worst.drift)} from dense`,
    mmlu === null ? "MMLU was not measured" : `MMLU moves by ${signed(mmlu)}`,
  ]
    .filter((part) => part !== "")
    .join(", ");
}
