import { PAPER_DIMENSIONS } from "../published.js";
import { chosen, groupName, groupsOf, overRuns, type Sheet, type SheetRow } from "../sheet.js";
import { SIBLING } from "../siblings.js";
import { type AnswerRow, type Asked, eachModel, type Question, whose } from "./question.js";

/** A compressed larger model against the dense smaller one, dimension by dimension. */
export const sizes: Question = {
  name: "sizes",
  asks: "Compressed 13B or dense 7B?",
  columns: ["figures", "paperModel", "compression", "runs", "dimension", "score", "denseScore", "smallerScore"],
  answer: (asked) =>
    eachModel(asked, (one) => {
      const smaller = siblingOf(one.sheet);
      if (smaller === undefined) return { rows: [], sentence: "no smaller dense model of the same family is at hand." };
      const rows = chosenRows(one, smaller);
      const told = [...new Set(rows.map(({ compression }) => compression))].map((name) => {
        const of = rows.filter(
          ({ compression, score, smallerScore }) => compression === name && score !== null && smallerScore !== null,
        );
        const wins = of.filter(({ score, smallerScore }) => Number(score) > Number(smallerScore)).length;
        return `${name ?? ""} in ${wins} of ${of.length}`;
      });
      return { rows, sentence: `above the dense ${smaller.model} stands ${told.join(", ")} dimensions.` };
    }),
};

const siblingOf = ({ model, others }: Sheet): SheetRow | undefined =>
  others.find((row) => row.method === "dense" && row.model === SIBLING[model]);

/** What fits a 7B's memory or less: 8 bits, 4 bits, half pruned, 3 bits. */
function chosenRows(one: Asked, smaller: SheetRow): AnswerRow[] {
  const dense = one.sheet.rows.find(({ method }) => method === "dense");
  return groupsOf(chosen(one.sheet, {})).flatMap((group) =>
    PAPER_DIMENSIONS.map((dimension) => ({
      ...whose(one),
      ...{ compression: groupName(group), runs: group.runs.length, dimension },
      score: overRuns(group, ({ scores }) => scores[dimension]),
      denseScore: dense?.scores[dimension] ?? null,
      smallerScore: smaller.scores[dimension],
    })),
  );
}
