import { z } from "zod";

import { InputError } from "../../core/errors.js";
import { groupBy } from "../../core/group.js";
import type { Message } from "../../text/message.js";
import { type Demonstration, demonstrationTurns } from "../classification.js";
import type { Item } from "../item.js";
import { sentimentAnswer, sentimentQuestion } from "../sentiment-wording.js";
import { checkRow } from "../suite.js";
import { SENTIMENTS } from "./label.js";
import { UNKNOWN } from "./choice.js";
import type { OOD_TASKS } from "./score.js";
import { choicesText, IDK, questionText } from "./wording.js";

/** The style that nothing was shifted in. */
const PLAIN = "plain";

const Id = z.string().min(1);
const StyleRow = z.strictObject({
  kind: z.literal("style"),
  id: Id,
  /** The base sentence under all its styles: the cluster. */
  base: z.string().min(1),
  style: z.string().min(1),
  topic: z.string().min(1),
  label: z.enum(SENTIMENTS),
  text: z.string().min(1),
});
const KnowledgeRow = z.strictObject({
  kind: z.literal("knowledge"),
  id: Id,
  topic: z.string().min(1),
  question: z.string().min(1),
  choices: z.array(z.string().min(1)).length(4),
  /** Place of the right choice; null where nobody can know: an invented thing, an event to come. */
  answer: z.number().int().min(0).max(3).nullable(),
});
const DemonstrationRow = z.strictObject({
  kind: z.enum(["style demonstration", "knowledge demonstration"]),
  id: Id,
  /** A name of the draw that it belongs to; every few-shot item is asked with each. */
  run: z.string().min(1),
  text: z.string().min(1),
  choices: z.array(z.string().min(1)).length(4).optional(),
  answer: z.string().min(1),
});
const Row = z.discriminatedUnion("kind", [StyleRow, KnowledgeRow, DemonstrationRow]);
type StyleRow = z.infer<typeof StyleRow>;
type KnowledgeRow = z.infer<typeof KnowledgeRow>;
type DemonstrationRow = z.infer<typeof DemonstrationRow>;

/**
 * Items of a suite in our form. A sentence is asked without and, where its style is shifted, with demonstrations in the plain
 * style; a question that has an answer is asked without and with "I don't know" among the choices, and with demonstrations of
 * another field; one that nobody can answer only with it.
 * @throws InputError naming file, line and field
 */
export function oodItems(rows: readonly unknown[], where: string): Item[] {
  const checked = rows.map((row, index) => checkRow(Row, row, { where, line: index + 1 }));
  const runs = runsOf(checked.filter(isDemonstration), where);
  return checked.flatMap((row) => {
    if (row.kind === "style") return sentenceItems(row, runs);
    return row.kind === "knowledge" ? questionItems(row, runs) : [];
  });
}

const isDemonstration = (row: z.infer<typeof Row>): row is DemonstrationRow => row.kind.endsWith(" demonstration");

interface Run {
  readonly kind: DemonstrationRow["kind"];
  readonly name: string;
  readonly turns: readonly Message[];
}

function runsOf(rows: readonly DemonstrationRow[], where: string): Run[] {
  return [...groupBy(rows, ({ kind, run }) => `${kind} ${run}`).values()].map((ofRun) => {
    const [{ kind, run }] = ofRun;
    return { kind, name: run, turns: demonstrationTurns(ofRun.map((row) => demonstrationOf(row, where))) };
  });
}

function demonstrationOf({ kind, id, text, choices, answer }: DemonstrationRow, where: string): Demonstration {
  if (kind === "style demonstration") return { text: sentimentQuestion(text), answer: sentimentAnswer(answer) };
  if (choices !== undefined) return { text: `${questionText(text)}\n${choicesText(choices)}`, answer };
  throw new InputError({ where: `${where}, row ${id}, field choices`, found: "none", expected: "four choices" });
}

function sentenceItems({ id, base, style, topic, label, text }: StyleRow, runs: readonly Run[]): Item[] {
  const question: Message = { role: "user", content: sentimentQuestion(text) };
  const common = { expected: label, cluster: base, stratum: "style", facts: { text } };
  const slices = { source: style, topic, expected: label };
  const asked: Item = {
    ...common,
    id: `${id}/alone`,
    task: style === PLAIN ? "in-distribution" : "style",
    messages: [SYSTEM, question],
    slices: { setting: style, demonstrations: "none", ...slices },
  };
  if (style === PLAIN) return [asked];
  const shown = runs
    .filter(({ kind }) => kind === "style demonstration")
    .map((run): Item => ({
      ...common,
      id: `${id}/${run.name}`,
      task: "style-fewshot",
      messages: [SYSTEM, ...run.turns, question],
      slices: { setting: `${style}_${run.name}`, demonstrations: run.name, ...slices },
    }));
  return [asked, ...shown];
}

function questionItems(row: KnowledgeRow, runs: readonly Run[]): Item[] {
  const plain = questionItem(row, { task: "knowledge", idk: false });
  const offered = questionItem(row, { task: "knowledge", idk: true });
  if (row.answer === null) return [offered];
  const shown = runs
    .filter(({ kind }) => kind === "knowledge demonstration")
    .map((run) => questionItem(row, { task: "knowledge-fewshot", idk: false, run }));
  return [plain, offered, ...shown];
}

interface Asking {
  readonly task: (typeof OOD_TASKS)[number];
  readonly idk: boolean;
  readonly run?: Run;
}

function questionItem({ id, topic, question, choices, answer }: KnowledgeRow, { task, idk, run }: Asking): Item {
  const offered = idk ? [...choices, IDK] : choices;
  const source = answer === null ? "unanswerable" : "answerable";
  const setting = run === undefined ? `${source}${idk ? "_idk" : ""}` : `${source}_${run.name}`;
  const instruction = idk ? WITH_IDK : WITHOUT_IDK;
  const asked = `${questionText(question)}\n${choicesText(offered)}`;
  return {
    id: `${id}/${setting}`,
    task,
    messages:
      run === undefined
        ? [SYSTEM, { role: "user", content: `${instruction}\n${asked}` }]
        : [SYSTEM, ...openingTurns(instruction), ...run.turns, { role: "user", content: asked }],
    expected: answer === null ? UNKNOWN : String(answer),
    cluster: id,
    stratum: "knowledge",
    slices: { setting, source, demonstrations: run?.name ?? "none", topic },
    facts: { question, ...Object.fromEntries(offered.map((choice, digit) => [String(digit), choice])) },
  };
}

const SYSTEM: Message = { role: "system", content: "You are a helpful assistant." };

const openingTurns = (task: string): Message[] => [
  { role: "user", content: task },
  { role: "assistant", content: "Yes, I will." },
];

const WITHOUT_IDK = "Choose the right answer to the question. Reply with its number only: 0, 1, 2 or 3.";
const WITH_IDK = `${WITHOUT_IDK.slice(0, -"2 or 3.".length)}2, 3, or 4 if you don't know.`;
