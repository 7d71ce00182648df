import { InputError } from "../../lib/core/errors.js";
import type { Dimension, Suite } from "../../lib/index.js";
import { audited, type CalibrationGiven, calibrationOptions, completeGiven } from "./calibration.js";
import type { MagicContext } from "./context.js";
import { magic } from "./magic.js";
import { choice, integer, list, required, text } from "./parameters.js";
import { follow, library } from "./workspace.js";

const KINDS = ["suites", "suite", "preview", "scorers", "fetch", "calibration"] as const;

/** `%data`: what the work is done on. */
export const data = magic({
  name: "data",
  kind: "line",
  summary: "Lists, describes and previews suites, says how scorers differ, and looks a calibration set over",
  positional: { kind: required(choice("what is looked at; fetch brings a dimension's official files from the hub", KINDS)) },
  options: {
    dimension: list(
      text("trust dimensions; all if left out", {
        values: async () => Object.keys((await library()).dimensions),
        shape: "DIMENSION",
      }),
    ),
    suite: text("which suite is described: ours, DecodingTrust's, a folder with its files, or a file of your own", {
      values: ["mini", "official"],
      shape: "mini|official|PATH",
      default: "mini",
    }),
    limit: integer("items a task that a preview shows, a balanced choice", { min: 1, default: 2 }),
    ...calibrationOptions,
    seed: integer("with which text or items are drawn", { min: 0, default: 0 }),
    text: text("a text file that perplexity is measured on, in place of ours", { shape: "FILE" }),
  },
  examples: [
    "%data suites  // what can be asked, and what is missing",
    "%data suite --dimension stereotype  // purpose, licence, balance",
    "%data preview --dimension custom --suite questions.csv --limit 3",
    "%data scorers  // where the published scorers err",
    "%data fetch --dimension stereotype  // the official files, from the hub",
    "%data calibration  // ours, as %compress takes it",
    "%data calibration --calibration self --samples 8 --length 128 --seed 1",
  ],
  result: "ColumnTable",
  load: () => (given, context) => VIEWS[given.kind](given, context),
});

interface Given extends CalibrationGiven {
  readonly dimension: readonly string[] | undefined;
  readonly suite: string;
  readonly limit: number;
  readonly text: string | undefined;
}

type View = (given: Given, context: MagicContext) => Promise<unknown>;

const VIEWS: Readonly<Record<(typeof KINDS)[number], View>> = {
  suites: async (given) => {
    const { knownSuites, suitesTable } = await library();
    return suitesTable(await knownSuites(await chosen(given)));
  },
  suite: async (given) => (await library()).suiteTable(await onlySuite(given)),
  preview: async (given) => {
    const { balancedSubset, createRandom, previewTable } = await library();
    const { items } = await onlySuite(given);
    return previewTable(balancedSubset(items, given.limit, createRandom(given.seed).fork("preview")));
  },
  scorers: async (given) => (await library()).mendedTable(await chosen(given)),
  fetch: async (given, context) => {
    const { fetchOfficial, knownSuites, suitesTable } = await library();
    const dimension = await only(given);
    await follow(fetchOfficial(dimension, { signal: context.signal }), context);
    context.live.finish();
    return suitesTable(await knownSuites([dimension]));
  },
  calibration: async (given, context) => {
    const audit = await audited(await completeGiven(given, context), given.text, context);
    context.live.finish();
    return (await library()).calibrationTable(audit);
  },
};

async function onlySuite(given: Given): Promise<Suite> {
  return (await library()).readSuite(await only(given), given.suite);
}

async function only(given: Given): Promise<Dimension> {
  const dimensions = given.dimension === undefined ? [] : await chosen(given);
  if (dimensions.length === 1) return dimensions[0];
  const found = dimensions.length === 0 ? "no dimension" : `${dimensions.length} dimensions`;
  throw new InputError({ where: "%data", found, expected: "one", remedy: "name it: --dimension stereotype" });
}

async function chosen({ dimension: names }: Given): Promise<Dimension[]> {
  const { dimensions, lookup } = await library();
  const catalogue: Readonly<Record<string, Dimension>> = { ...dimensions };
  return names === undefined ? Object.values(catalogue) : names.map((name) => lookup("trust dimension", catalogue, name));
}
