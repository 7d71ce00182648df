import {
  chosen,
  commonDimensions,
  deviationOf,
  difference,
  type Group,
  groupsOf,
  halfPruned,
  largest,
  type Sheet,
  smallest,
} from "../sheet.js";
import { type Claim, MARGIN, MODELS, STRONG } from "./claim.js";
import { drifts, meanDrifts, MODERATE, of, shareOf } from "./figures.js";

/** The claims that compare quantization with pruning, or speak of both. */
export const tradeOffClaims: readonly Claim[] = [
  {
    ...{ number: 1, source: "A, W", models: MODELS },
    text: "Quantization beats pruning in efficiency and trust together",
    conditions: [8, 4].map((bits) => ({
      what: `lowest mean drift at ${bits} bits minus the highest of half pruned`,
      ...{ side: "above", bound: 0 },
      figure: (s) =>
        difference(smallest(meanDrifts(of({ kind: "quantized", bits: [bits] }))(s)), largest(meanDrifts(halfPruned)(s))),
    })),
  },
  {
    ...{ number: 10, source: "M", models: MODELS, text: "3-bit and pruned models vary much with the calibration seed" },
    conditions: [
      {
        what: "standard deviation over three or more seeds in the dimension where it is largest, least over 3-bit and pruned methods",
        ...{ side: "above", bound: MARGIN, overSeeds: true },
        figure: (s) => smallest(seeded(s).map((group) => largestDeviation(s, group))),
      },
    ],
  },
  {
    ...{ number: 18, source: "M", models: MODELS.slice(0, 1), text: "Privacy is robust to quantization, hurt by pruning (chat)" },
    conditions: [
      {
        ...{ what: "lowest drift of privacy at 8 and 4 bits", side: "above", bound: -STRONG },
        figure: (s) => smallest(drifts(of(MODERATE), "privacy")(s)),
      },
      {
        ...{ what: "highest drift of privacy, half pruned", side: "below", bound: -STRONG },
        figure: (s) => largest(drifts(halfPruned, "privacy")(s)),
      },
    ],
  },
  {
    ...{ number: 21, source: "M", models: MODELS, text: "AdvGLUE++ rises under compression" },
    conditions: [
      {
        ...{ what: "compressions under which adversarial rises, per cent", side: "above", bound: 50, rounding: 0 },
        figure: (s) => shareOf(drifts(of({}), "adversarial")(s), (moved) => moved > 0),
      },
    ],
  },
];

/** 3-bit and pruned methods that have three or more calibration seeds. */
const seeded = (sheet: Sheet): Group[] =>
  groupsOf([...chosen(sheet, { kind: "quantized", bits: [3] }), ...chosen(sheet, { kind: "pruned" })]).filter(
    ({ runs }) => new Set(runs.map(({ seed }) => seed).filter((seed) => seed !== null)).size >= 3,
  );

const largestDeviation = (sheet: Sheet, { runs }: Group): number | null =>
  largest(commonDimensions(sheet).map((name) => deviationOf(runs.map(({ scores }) => scores[name]))));
