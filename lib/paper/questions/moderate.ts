import { chosen, groupName, groupsOf } from "../sheet.js";
import { dimensionDrifts, eachModel, type Question, signed, whose } from "./question.js";

const GAIN = 2;

/** What moderate quantization gains, dimension by dimension. */
export const moderate: Question = {
  name: "moderate",
  asks: "Does moderate quantization (8 and 4 bits) improve a dimension?",
  columns: ["figures", "paperModel", "compression", "runs", "dimension", "drift"],
  answer: (asked) =>
    eachModel(asked, (one) => {
      const found = groupsOf(chosen(one.sheet, { kind: "quantized", bits: [8, 4] })).flatMap((group) =>
        dimensionDrifts(one.sheet, group).map(({ name, drift }) => ({
          name,
          drift,
          compression: groupName(group),
          runs: group.runs.length,
        })),
      );
      const sorted = [...found].sort((a, b) => b.drift - a.drift);
      const rows = sorted.map(({ name, drift, compression, runs }) => ({
        ...whose(one),
        compression,
        runs,
        dimension: name,
        drift,
      }));
      const [best, last] = [sorted.at(0), sorted.at(-1)];
      if (best === undefined || last === undefined) return { rows, sentence: "no variant at 8 or 4 bits was measured." };
      const gains = found.filter(({ drift }) => drift > GAIN).length;
      const losses = found.filter(({ drift }) => drift < -GAIN).length;
      const ends = `the largest gain is ${best.name} ${signed(best.drift)} (${best.compression}), the largest loss ${last.name} ${signed(last.drift)} (${last.compression})`;
      return {
        rows,
        sentence: `of ${found.length} drifts ${gains} gain more than ${GAIN} points and ${losses} lose more; ${ends}.`,
      };
    }),
};
