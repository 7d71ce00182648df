import { InputError } from "../../lib/core/errors.js";
import type { PerplexityConvention, Study, Suite, UtilityRecords, Variant } from "../../lib/index.js";
import type { MagicContext } from "./context.js";
import { magic } from "./magic.js";
import { choice, flag, integer, list, text } from "./parameters.js";
import { SCORER_NAMES } from "./results.js";
import { chosenVariants, currentModel, currentStudy, follow, library, responders } from "./workspace.js";

const MEASURES = ["mmlu", "perplexity", "kl"] as const;
const JOININGS = ["none", "documents", "lines"] as const;

/** `%utility`: how useful variants still are: MMLU, perplexity, and the divergence of their distributions from dense. */
export const utility = magic({
  name: "utility",
  kind: "line",
  summary: "Measures what variants can still do: MMLU, perplexity, and how far their next tokens are from the dense variant's",
  positional: { measures: list(choice("what is measured; all three if left out", MEASURES)) },
  options: {
    variants: list(
      text("variants to measure; all of the session's if left out", {
        values: ({ variants }) => [...variants.keys()],
        shape: "VARIANT",
      }),
    ),
    suite: text(
      "MMLU's questions: mini, ours; official, from the hub; a folder of MMLU's CSV files, or a JSONL file with its card",
      {
        default: "mini",
        values: ["mini", "official"],
        shape: "mini|official|PATH",
      },
    ),
    task: list(choice("how MMLU is answered; both ways if left out", ["choice", "generation"])),
    limit: integer("MMLU's questions at most, a balanced choice", { min: 1 }),
    scorer: choice("whose rules read MMLU's answers in the table shown", SCORER_NAMES, { default: "touchstone" }),
    seed: integer("of the choice of questions", { default: 0 }),
    text: text("a text file for perplexity and divergence, in place of ours", { shape: "FILE" }),
    join: choice("how the file's documents are joined: not at all, of JSONL, or line by line as WikiText's rows", JOININGS),
    tokens: integer("the text's first tokens only", { min: 2 }),
    convention: text("how the text is cut and counted; figures of two conventions are not comparable", {
      default: "blocks",
      values: async () => Object.keys((await library()).CONVENTIONS),
      shape: "NAME",
    }),
    context: integer("tokens a window, in place of the convention's", { min: 4 }),
    stride: integer("tokens from one window to the next; below the context, only new tokens count", { min: 1 }),
    audit: flag("perplexity only: what each convention gives on the same tokens, and why they differ"),
  },
  examples: [
    "%utility  // all three, all variants, our questions and text",
    "%utility mmlu --task choice --limit 48  // a first look",
    "%utility perplexity,kl --text wiki.test.raw --join lines --convention papers --tokens 20480",
    "%utility perplexity --audit  // the dense variant under every convention",
  ],
  result: "ColumnTable",
  load: () => async (given, context) => {
    const { session } = context;
    const variants = await chosenVariants(session, given.variants);
    const measures = given.measures ?? (given.audit ? ["perplexity"] : MEASURES);
    const study = await currentStudy(session);
    if (given.audit) return audit(study, { ...given, measures, variants }, context);
    const records: UtilityRecords = {
      ...(measures.includes("mmlu") ? { mmlu: await askMmlu(study, { ...given, variants }, context) } : {}),
      ...(await onText(study, { ...given, measures, variants }, context)),
    };
    context.live.finish();
    const { utilityTable } = await library();
    return utilityTable(study, records, { variants: variants.map(({ id }) => id), scorer: given.scorer });
  },
});

interface MmluGiven {
  readonly variants: readonly Variant[];
  readonly suite: string;
  readonly task: readonly string[] | undefined;
  readonly limit: number | undefined;
  readonly seed: number;
}

async function askMmlu(
  study: Study,
  { variants, suite: name, task, limit, seed }: MmluGiven,
  context: MagicContext,
): Promise<{ readonly items: readonly string[] }> {
  const { evaluate, utilities } = await library();
  const { session, signal } = context;
  const suite = await mmluSuite(name, context);
  const plan = { dimension: utilities.mmlu, suite, variants, tasks: task, limit, seed };
  const { items } = await follow(evaluate(study, { ...plan, responderFor: responders(session, context), signal }), context);
  return { items: items.map(({ id }) => id) };
}

/** The questions by the suite's name; what the folder lacks is shown. */
async function mmluSuite(name: string, context: MagicContext): Promise<Suite> {
  const { hubMmlu, readSuite, utilities } = await library();
  const fromHub = name === "official";
  const suite = fromHub ? await follow(hubMmlu({ signal: context.signal }), context) : await readSuite(utilities.mmlu, name);
  if (suite.missing.length > 0) {
    context.display({ "text/plain": `${suite.path} lacks ${suite.missing.join("; ")}` }, { raw: true });
  }
  return suite;
}

interface TextGiven {
  readonly measures: readonly string[];
  readonly variants: readonly Variant[];
  readonly text: string | undefined;
  readonly join: (typeof JOININGS)[number] | undefined;
  readonly tokens: number | undefined;
  readonly convention: string;
  readonly context: number | undefined;
  readonly stride: number | undefined;
}

/** Perplexity and divergence on one text, the dense variant always among what is measured: the others are paired with it. */
async function onText(study: Study, given: TextGiven, context: MagicContext): Promise<UtilityRecords> {
  if (!given.measures.includes("perplexity") && !given.measures.includes("kl")) return {};
  const { measureDivergence, measurePerplexity } = await library();
  const { session, signal } = context;
  const base = denseOf(context);
  const others = given.variants.filter(({ id }) => id !== base.id);
  const plan = { ...(await textOf(given, context)), responderFor: responders(session, context), signal };
  const perplexity = given.measures.includes("perplexity")
    ? await follow(measurePerplexity(study, { ...plan, variants: [base, ...others] }), context)
    : undefined;
  const divergence = given.measures.includes("kl")
    ? await follow(measureDivergence(study, { ...plan, base, variants: others }), context)
    : undefined;
  return { perplexity: perplexity?.records, divergence: divergence?.records };
}

/** The tokens, the text's name and the convention. @throws InputError before anything is computed */
async function textOf(given: TextGiven, { session }: MagicContext) {
  const { checkConvention, conventionFor, conventionNamed, joinedText, readText } = await library();
  const { tokenizer, config } = currentModel(session);
  const { bos } = tokenizer;
  const { convention: name, context, stride, join: joining } = given;
  const convention: PerplexityConvention = conventionFor(conventionNamed({ name, context, stride, joining }), bos);
  checkConvention(convention, config.context);
  const file = await readText(given.text);
  const all = tokenizer.encode(joinedText(file.content, convention.joining, given.text ?? file.name));
  const tokens = all.slice(0, given.tokens);
  const isWhole = tokens.length === all.length;
  return { text: isWhole ? file.name : `${file.name}, first ${tokens.length} tokens`, tokens, convention, bos };
}

/** @throws InputError where the session's dense variant is gone */
function denseOf({ session }: MagicContext): Variant {
  const dense = [...session.variants.values()].find(({ recipe }) => recipe.method === "dense");
  if (dense !== undefined) return dense;
  throw new InputError({
    where: "%utility",
    found: "no dense variant",
    expected: "one to compare with",
    remedy: "run %model again",
  });
}

/** One variant under every convention: the first of those named, dense if none is. */
async function audit(study: Study, given: TextGiven, context: MagicContext) {
  const { auditPerplexity, auditTable, createRandom } = await library();
  const { session, signal } = context;
  if (given.measures.some((measure) => measure !== "perplexity")) {
    throw new InputError({ where: "%utility, --audit", found: given.measures.join(), expected: "perplexity" });
  }
  const { config } = currentModel(session);
  const { tokens, text, bos } = await textOf({ ...given, tokens: undefined }, context);
  const plan = { text, tokens, bos, variant: given.variants[0], maxContext: config.context, limit: given.tokens };
  const more = { responderFor: responders(session, context), random: createRandom(0).fork("audit"), signal };
  const found = await follow(auditPerplexity(study, { ...plan, ...more }), context);
  context.live.finish();
  return auditTable(found);
}
