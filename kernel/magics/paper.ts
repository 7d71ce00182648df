import { InputError } from "../../lib/core/errors.js";
import type { Study } from "../../lib/index.js";
import type { MagicContext } from "./context.js";
import { magic } from "./magic.js";
import { choice, flag, list, text } from "./parameters.js";
import { SCORER_NAMES } from "./results.js";
import type { Session } from "./session.js";
import { studyFolder } from "../study-folder.js";
import { currentStudy, library } from "./workspace.js";

/** `%paper`: the published study beside ours. */
export const paper = magic({
  name: "paper",
  kind: "line",
  summary:
    "The published figures of Decoding Compressed Trust with the study's beside them; its questions, and whether its claims hold",
  positional: {
    dimension: list(
      text("dimensions, or mmlu; all if left out", { values: async () => (await library()).PAPER_MEASURES, shape: "DIMENSION" }),
    ),
  },
  options: {
    model: text("a published model, or all; for a table llama-2-13b-chat, for a question the three that are compressed", {
      values: async () => [...(await publishedModels()), "all"],
      shape: "MODEL",
    }),
    method: list(
      text("published methods", { values: ["dense", "gptq", "awq", "magnitude", "wanda", "sparsegpt"], shape: "METHOD" }),
    ),
    question: text("answers a question of the study in place of showing its figures", {
      values: async () => Object.keys((await library()).questions),
      shape: "NAME",
    }),
    claims: flag("checks every claim on the published figures, and on the study's"),
    scorer: choice("whose labels of the study", SCORER_NAMES, { default: "touchstone" }),
  },
  examples: [
    "%paper fairness --model llama2-13b-chat  // the published numbers, and ours beside them",
    "%paper --question collapse  // what the third bit costs",
    "const claims = %paper --claims",
    "claims.filter(d => d.outcome === 'does not hold')",
  ],
  result: "ColumnTable",
  load:
    () =>
    async (given, context): Promise<unknown> => {
      if (given.claims && given.question !== undefined)
        throw new InputError({ where: "%paper", found: "--claims and --question", expected: "one of them" });
      const study = await studyAtHand(context.session);
      if (given.claims) return (await library()).claimsTable(study, { scorer: given.scorer, signal: context.signal });
      return given.question === undefined
        ? figures(study, given, context)
        : answer(study, { ...given, question: given.question }, context);
    },
});

interface Given {
  readonly dimension: readonly string[] | undefined;
  readonly model: string | undefined;
  readonly method: readonly string[] | undefined;
  readonly scorer: (typeof SCORER_NAMES)[number];
}

const publishedModels = async (): Promise<string[]> => {
  const { readPublished } = await library();
  return [...new Set((await readPublished()).map(({ model }) => model))];
};

/** The session's study, or the one beside the notebook; undefined where there is neither, as none is made for looking at others' figures. */
async function studyAtHand(session: Session): Promise<Study | undefined> {
  const { isStudy } = await library();
  return session.study !== undefined || (await isStudy(studyFolder())) ? currentStudy(session) : undefined;
}

async function figures(study: Study | undefined, { dimension, model, method, scorer }: Given, context: MagicContext) {
  const { lookup, PAPER_MEASURES, paperNote, paperTable } = await library();
  const known = Object.fromEntries(PAPER_MEASURES.map((name) => [name, name]));
  const dimensions = dimension?.map((name) => lookup("dimension of the paper", known, name));
  const table = await paperTable(study, { dimensions, model, methods: method, scorer });
  const note = paperNote(table);
  if (note !== undefined) context.display({ "text/plain": note }, { raw: true });
  return table;
}

async function answer(
  study: Study | undefined,
  { question: name, model, scorer }: Given & { readonly question: string },
  context: MagicContext,
) {
  const { answerTable, askQuestion, publishedModelName, readPublished } = await library();
  const models =
    model === undefined
      ? undefined
      : model === "all"
        ? await publishedModels()
        : [publishedModelName(await readPublished(), model)];
  const { question, answer: found } = await askQuestion(name, study, { models, scorer, signal: context.signal });
  context.display({ "text/plain": [question.asks, ...found.sentences].join("\n") }, { raw: true });
  return answerTable(question, found);
}
