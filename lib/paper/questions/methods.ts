import { chosen, difference, groupsOf, halfPruned, largest, meanDrift, smallest } from "../sheet.js";
import { driftRow, eachModel, type Question, rangeText, signed } from "./question.js";

const EQUAL = 0.5;

/** Quantization against pruning at equal rate: 8 bits, and half of the weights. */
export const methods: Question = {
  name: "methods",
  asks: "At the same rate, does quantization or pruning keep more trust?",
  columns: [
    ...(["figures", "paperModel", "compression", "rate", "runs", "meanDrift", "driftLow", "driftHigh"] as const),
    ...(["worstDimension", "worstDrift", "mmluDrift"] as const),
  ],
  answer: (asked) =>
    eachModel(asked, (one) => {
      const { sheet } = one;
      const quantized = groupsOf(chosen(sheet, { kind: "quantized", rate: EQUAL }));
      const pruned = halfPruned(sheet).filter(({ rate }) => rate === EQUAL);
      const [keeps, loses] = [quantized, pruned].map((groups) => groups.map((group) => meanDrift(sheet, group)));
      const gap = difference(smallest(keeps), largest(loses));
      const told =
        gap === null
          ? "the two cannot be compared"
          : gap > 0
            ? `the worst quantization keeps ${signed(gap)} points more than the best pruning`
            : `the best pruning stands ${signed(-gap)} points above the worst quantization`;
      const sentence = `at rate ${EQUAL} mean drift is ${rangeText(keeps)} for quantization and ${rangeText(loses)} for pruning; ${told}.`;
      return { rows: [...quantized, ...pruned].map((group) => driftRow(one, group)), sentence };
    }),
};
