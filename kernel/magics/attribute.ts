import { InputError } from "../../lib/core/errors.js";
import type { AskingMeans, Dimension, Study, Suite, Variant } from "../../lib/index.js";
import type { MagicContext } from "./context.js";
import { FLIP_NAMES } from "./items.js";
import { magic } from "./magic.js";
import { choice, flag, integer, list, text } from "./parameters.js";
import { selectionOf, selectionOptions } from "./results.js";
import { chosenJudge, currentModel, currentStudy, follow, library, responders } from "./workspace.js";

/** `%attribute`: which part's compression causes the flips. */
export const attribute = magic({
  name: "attribute",
  kind: "line",
  summary:
    "Which blocks' compression causes the flips: asks flipped items again with one block restored to dense, and with it alone compressed; says first what that costs",
  positional: {},
  options: {
    ...selectionOptions,
    flip: list(choice("how the answer's state changed; every change if left out", FLIP_NAMES)),
    by: choice("what is restored at a time: a block, or one kind of matrix in all blocks", ["block", "matrix"], {
      default: "block",
    }),
    limit: integer("flips a variant at most, drawn by the seed; as many unchanged answers beside them", { min: 1, default: 32 }),
    seed: integer("of the choice of flips", { default: 0 }),
    suite: text("the file or folder that the questions came from, where that was your own", { shape: "PATH" }),
    judge: text("what rated the answers whose labels need it; lexicon if left out", {
      values: async () => Object.keys((await library()).judges),
      shape: "JUDGE",
    }),
    plan: flag("says what would be asked and about how long that takes, and asks nothing"),
    rows: choice("what the rows are: parts, or each answer with its label", ["parts", "answers"], { default: "parts" }),
  },
  examples: [
    "%attribute --plan  // what it would cost",
    "%attribute --variants rtn-3bit-g64 --dimension stereotype --limit 24",
    "%attribute --flip unguarded,lost --by matrix",
    "%plot attribution  // by depth",
    "const answers = %attribute --rows answers  // the label of each answer asked again",
  ],
  result: "ColumnTable",
  load: () => async (given, context) => {
    const { session, display, live } = context;
    const lib = await library();
    const study = await currentStudy(session);
    const { flip: flips, by, limit, seed } = given;
    // here suite and judge name where questions and ratings come from, not which answers
    const selection = await selectionOf({ ...given, suite: undefined, judge: undefined }, study);
    const request = { ...selection, flips, by, limit, seed };
    const designs = await lib.designAttribution(study, request, askingMeans(given, context));
    const plan = await lib.attributionPlanTable(await lib.attributionCosts(study, designs));
    if (given.plan) return plan;
    display(plan);
    const reused = await follow(lib.askAttribution(study, designs, await answeringMeans(context)), context);
    live.finish(reused === 0 ? undefined : `${reused} answers were there already`);
    const chosen = { by, variants: designs.map(({ sample }) => sample.variant.id) };
    display({ "text/plain": (await lib.attributionWords(study, chosen)).join("\n\n") }, { raw: true });
    return given.rows === "parts" ? lib.attributionTable(study, chosen) : lib.attributedAnswersTable(study, chosen);
  },
});

interface Sources {
  readonly suite: string | undefined;
  readonly judge: string | undefined;
}

const askingMeans = ({ suite, judge }: Sources, context: MagicContext): AskingMeans => ({
  model: currentModel(context.session),
  suiteOf: (dimension, name) => suiteOf(dimension, { name, path: suite }, context),
  judgeOf: () => chosenJudge(judge, context),
  signal: context.signal,
});

/** The suite that answers of that name were to: ours, DecodingTrust's, MMLU's own, or where a person says. */
async function suiteOf(
  dimension: Dimension,
  { name, path }: { readonly name: string; readonly path: string | undefined },
  context: MagicContext,
): Promise<Suite> {
  const { hubMmlu, readSuite, utilities } = await library();
  if (name !== "mini" && path !== undefined) return readSuite(dimension, path);
  if (name === "official" && dimension.name === utilities.mmlu.name) return follow(hubMmlu({ signal: context.signal }), context);
  if (name === "mini" || name === "official") return readSuite(dimension, name);
  throw new InputError({
    where: `${dimension.name}, the suite ${name}`,
    found: "answers to a file of your own",
    expected: "to be told where it is",
    remedy: "name it with --suite",
  });
}

/** Variants at hand are taken as they are; others are made again by their recipes, or come from the cache. */
async function answeringMeans(context: MagicContext) {
  const { compress, denseVariant } = await library();
  const { session, signal } = context;
  const model = currentModel(session);
  const variantOf = async ({ id, recipe }: KnownVariant): Promise<Variant> =>
    [...session.variants.values()].find((variant) => variant.id === id) ??
    (await follow(compress(model, recipe, { signal }), context));
  return { variantOf, dense: denseVariant(model), responderFor: responders(session, context), signal };
}

type KnownVariant = ReturnType<Study["manifest"]>["variants"][string] & { readonly id: string };
