import { difference, largest, overRuns, smallest } from "../sheet.js";
import { type Claim, MARGIN, MODELS, STRONG } from "./claim.js";
import { allDrifts, drifts, meanDrifts, of } from "./figures.js";

const FOUR = of({ kind: "quantized", bits: [4] });
const THREE = of({ kind: "quantized", bits: [3] });
const EIGHT = of({ kind: "quantized", bits: [8] });
const ofMethod = (method: string, bits: number) => of({ method, bits: [bits] });

/** The claims that speak of quantization only. */
export const quantizationClaims: readonly Claim[] = [
  {
    ...{ number: 2, source: "A, W", models: MODELS, text: "A 4-bit model keeps the trust of its original" },
    conditions: [
      { what: "lowest mean drift at 4 bits", side: "above", bound: -MARGIN, figure: (s) => smallest(meanDrifts(FOUR)(s)) },
    ],
  },
  {
    ...{ number: 4, source: "A, W", models: MODELS, possible: true, text: "Quantization at moderate rates can improve ethics" },
    conditions: [
      { what: "highest drift of ethics at 4 bits", side: "above", bound: 0, figure: (s) => largest(drifts(FOUR, "ethics")(s)) },
    ],
  },
  {
    ...{ number: 5, source: "A, W", models: MODELS, possible: true, text: "Quantization at moderate rates can improve fairness" },
    conditions: [
      {
        what: "highest drift of fairness at 4 bits",
        side: "above",
        bound: 0,
        figure: (s) => largest(drifts(FOUR, "fairness")(s)),
      },
    ],
  },
  {
    ...{ number: 6, source: "A, W", models: MODELS, text: "3 bits reduce trust strongly" },
    conditions: ["gptq", "awq"].map((method) => ({
      ...{ what: `mean drift of ${method} at 3 bits`, side: "below", bound: -STRONG },
      figure: (s) => largest(meanDrifts(ofMethod(method, 3))(s)),
    })),
  },
  {
    ...{ number: 7, source: "A, W", models: MODELS, text: "The risk at 3 bits does not show in MMLU alone" },
    conditions: [
      {
        ...{ what: "how much further than MMLU the worst dimension falls at 3 bits, least over methods", rounding: 0.2 },
        ...{ side: "above", bound: STRONG },
        figure: (s) =>
          smallest(
            THREE(s).map((group) =>
              difference(
                overRuns(group, (row) => row.drifts.mmlu),
                smallest(allDrifts(() => [group])(s)),
              ),
            ),
          ),
      },
    ],
  },
  {
    ...{ number: 8, source: "M", models: MODELS, text: "8-bit quantization is nearly lossless in all dimensions" },
    conditions: [
      {
        ...{ what: "largest drift of any dimension at 8 bits, up or down", side: "below", bound: STRONG },
        figure: (s) => largest(allDrifts(EIGHT)(s).map(absolute)),
      },
    ],
  },
  {
    ...{ number: 9, source: "M", models: MODELS, text: "AWQ is better than GPTQ at 3 bits" },
    conditions: [
      {
        ...{ what: "mean drift of awq minus gptq's at 3 bits", side: "above", bound: 0 },
        figure: (s) => difference(smallest(meanDrifts(ofMethod("awq", 3))(s)), largest(meanDrifts(ofMethod("gptq", 3))(s))),
      },
    ],
  },
  {
    ...{ number: 19, source: "M", models: MODELS.slice(0, 1), text: "Stereotype stays high for quantized chat models" },
    conditions: [
      {
        ...{ what: "lowest stereotype score of a quantized model", side: "above", bound: 90 },
        figure: (s) => smallest(of({ kind: "quantized" })(s).map((group) => overRuns(group, (row) => row.scores.stereotype))),
      },
    ],
  },
  {
    ...{ number: 24, source: "T", models: MODELS, against: 8 },
    text: "An 8-bit variant moves a dimension strongly (another scoring run?)",
    conditions: [
      {
        ...{ what: "largest drift of any dimension at 8 bits, up or down", side: "above", bound: STRONG },
        figure: (s) => largest(allDrifts(EIGHT)(s).map(absolute)),
      },
    ],
  },
  {
    ...{ number: 22, source: "T", models: MODELS, against: 2, text: "That trust is retained on average hides single losses" },
    conditions: [
      {
        ...{ what: "lowest drift of any dimension at 4 bits", side: "below", bound: -MARGIN },
        figure: (s) => smallest(allDrifts(FOUR)(s)),
      },
    ],
  },
];

const absolute = (value: number | null): number | null => (value === null ? null : Math.abs(value));
