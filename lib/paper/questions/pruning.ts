import { groupBy } from "../../core/group.js";
import { chosen, groupsOf, meanDrift } from "../sheet.js";
import { driftRow, eachModel, type Question, signed } from "./question.js";

/** Pruning structures: which pattern keeps most, method by method. */
export const pruning: Question = {
  name: "pruning",
  asks: "Which pruning structure keeps most trust?",
  columns: [
    ...(["figures", "paperModel", "compression", "rate", "runs", "meanDrift", "driftLow", "driftHigh"] as const),
    ...(["worstDimension", "worstDrift", "mmluDrift"] as const),
  ],
  answer: (asked) =>
    eachModel(asked, (one) => {
      const groups = groupsOf(chosen(one.sheet, { kind: "pruned" })).sort((a, b) => (a.method < b.method ? -1 : 1));
      const told = [...groupBy(groups, ({ method }) => method)].map(([method, ofMethod]) => {
        const ranked = ofMethod
          .flatMap(({ pattern, ...group }) => {
            const value = meanDrift(one.sheet, { pattern, ...group });
            return value === null ? [] : [{ pattern, value }];
          })
          .sort((a, b) => b.value - a.value);
        return `${method} ${ranked.map(({ pattern, value }) => `${pattern ?? ""} ${signed(value)}`).join(" > ") || "not measured"}`;
      });
      const sentence = groups.length === 0 ? "nothing was pruned." : `mean drift from the best to the worst: ${told.join("; ")}.`;
      return { rows: groups.map((group) => driftRow(one, group)), sentence };
    }),
};
