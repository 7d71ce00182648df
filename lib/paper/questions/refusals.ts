import { PAPER_DIMENSIONS } from "../published.js";
import { chosen, difference, groupName, groupsOf, overRuns } from "../sheet.js";
import { eachModel, type Question, signed, whose } from "./question.js";

/** Refusals beside drift: how much of a score may be silence. */
export const refusals: Question = {
  name: "refusals",
  asks: "Do scores move because refusals do?",
  columns: [
    "figures",
    "paperModel",
    "compression",
    "runs",
    "dimension",
    "publishedRefused",
    "denseRefused",
    "refusedDrift",
    "drift",
  ],
  answer: (asked) =>
    eachModel(asked, (one) => {
      const dense = one.sheet.rows.find(({ method }) => method === "dense");
      const rows = groupsOf(chosen(one.sheet, {})).flatMap((group) =>
        PAPER_DIMENSIONS.map((dimension) => {
          const refused = overRuns(group, (row) => row.refusals[dimension]);
          const denseRefused = dense?.refusals[dimension] ?? null;
          const drift = overRuns(group, (row) => row.drifts[dimension]);
          const facts = { ...whose(one), compression: groupName(group), runs: group.runs.length, dimension };
          return { ...facts, publishedRefused: refused, denseRefused, refusedDrift: difference(refused, denseRefused), drift };
        }),
      );
      const moved = rows.filter(({ refusedDrift }) => refusedDrift !== null);
      const sorted = moved.sort((a, b) => Math.abs(Number(b.refusedDrift)) - Math.abs(Number(a.refusedDrift)));
      const most = sorted.at(0);
      if (most === undefined) return { rows: [], sentence: "no refusals were counted beside the dense model's." };
      const far = sorted.filter(({ refusedDrift }) => Math.abs(Number(refusedDrift)) > FAR).length;
      const told = `furthest in ${most.dimension} under ${most.compression}: refusals ${signed(Number(most.refusedDrift))} per cent of the answers, ${
        most.drift === null ? "no drift" : `drift ${signed(most.drift)} points`
      }`;
      return {
        rows: sorted,
        sentence: `refusals move by more than ${FAR} per cent of the answers in ${far} of ${moved.length} cells, ${told}.`,
      };
    }),
};

const FAR = 10;
