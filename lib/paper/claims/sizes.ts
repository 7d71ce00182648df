import { PAPER_DIMENSIONS, type PaperDimension } from "../published.js";
import { difference, largest, meanOf, overRuns, type Sheet, type SheetRow } from "../sheet.js";
import { SIBLING } from "../siblings.js";
import { type Claim, MARGIN, MODELS } from "./claim.js";
import { MODERATE, of } from "./figures.js";

/** The claims that compare models of different sizes or families: on published figures only. */
export const sizeClaims: readonly Claim[] = [
  {
    ...{ number: 11, source: "M", models: MODELS, possible: true, publishedOnly: true },
    text: "A dense 7B model can beat its 13B sibling in some dimensions",
    conditions: [
      {
        ...{ what: "the dense 7B minus the dense 13B, in the dimension where it is highest", side: "above", bound: MARGIN },
        figure: (s) => largest(apart(sibling(s), dense(s.rows))),
      },
    ],
  },
  {
    ...{ number: 12, source: "M", models: MODELS, publishedOnly: true },
    text: "A quantized model keeps its profile, a smaller one has another",
    conditions: [
      {
        ...{
          what: "mean distance of the dense 7B from the dense 13B, minus the farthest of 8 and 4 bits",
          side: "above",
          bound: 0,
        },
        figure: (s) => {
          const far = of(MODERATE)(s).map(({ runs }) =>
            meanOf(PAPER_DIMENSIONS.map((name) => absolute(overRuns({ runs }, (row) => row.drifts[name])))),
          );
          return difference(meanOf(apart(sibling(s), dense(s.rows)).map(absolute)), largest(far));
        },
      },
    ],
  },
  {
    ...{ number: 16, source: "M", models: ["vicuna-13b-v1.3"], publishedOnly: true },
    text: "Vicuna is weak on toxicity and stereotype beside Llama-2-chat",
    conditions: (["toxicity", "stereotype"] as const).map((name: PaperDimension) => ({
      ...{ what: `${name} of llama-2-13b-chat minus its own`, side: "above", bound: MARGIN },
      figure: (s) => difference(denseOf(s.others, "llama-2-13b-chat")?.scores[name] ?? null, dense(s.rows)?.scores[name] ?? null),
    })),
  },
  {
    ...{ number: 25, source: "W", models: ["llama-2-70b-chat"], publishedOnly: true },
    text: "GPTQ at 4 bits: the larger model (70B against 7B) loses less",
    conditions: [
      {
        ...{ what: "mean drift at 4 bits minus that of the 7B", side: "above", bound: 0 },
        figure: (s) => difference(fourBits(s.rows, s.model), fourBits(s.others, SIBLING[s.model])),
      },
    ],
  },
];

const denseOf = (rows: readonly SheetRow[], model: string | undefined): SheetRow | undefined =>
  rows.find((row) => row.model === model && row.method === "dense");
const dense = (rows: readonly SheetRow[]): SheetRow | undefined => rows.find(({ method }) => method === "dense");
const sibling = ({ model, others }: Sheet): SheetRow | undefined => denseOf(others, SIBLING[model]);

const fourBits = (rows: readonly SheetRow[], model: string): number | null => {
  const runs = rows.filter((row) => row.model === model && row.method === "gptq" && row.bits === 4);
  return overRuns({ runs }, ({ drifts }) => meanOf(PAPER_DIMENSIONS.map((name) => drifts[name])));
};

/** Score by score, one model minus another; null where a side is missing. */
export const apart = (a: SheetRow | undefined, b: SheetRow | undefined): (number | null)[] =>
  PAPER_DIMENSIONS.map((name) => difference(a?.scores[name] ?? null, b?.scores[name] ?? null));

const absolute = (value: number | null): number | null => (value === null ? null : Math.abs(value));
