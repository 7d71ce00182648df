import type { Row } from "../../lib/tables/index.js";

/** A table of activations of four blocks, of dense and of a 3-bit variant, with one outlier channel. */
export function activationsRows(): Row[] {
  const variants = [
    { variant: "dense (from Q4_1)", method: "dense", bits: null, pattern: null },
    { variant: "rtn-3bit", method: "rtn", bits: 3, pattern: null },
  ];
  return variants.flatMap((variant, i) =>
    [0, 1, 2, 3].flatMap((block) =>
      ["q, k, v", "down"].map((inputOf) => ({
        ...variant,
        ...{ block, inputOf, channels: 16, inputMedian: 1 + block, inputHigh: 5, inputMost: 9 + i + 30 * block, mostChannel: 7 },
        ...{ outlierChannels: block === 0 ? 0 : 1, calibration: "mini", tokens: 8192 },
      })),
    ),
  );
}
