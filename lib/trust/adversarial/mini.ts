import { z } from "zod";

import type { Message } from "../../text/message.js";
import type { Item } from "../item.js";
import { ASKED_TASKS, type AskedTask, benign } from "./glue-tasks.js";

/** One text of our own suite, as it was written or tampered with. */
export const AdversarialRow = z
  .strictObject({
    /** Unique in the file. */
    id: z.string().min(1),
    task: z.enum(ASKED_TASKS),
    /** Which text it was made from: the cluster. */
    original: z.string().min(1),
    /** "none" for the original itself. */
    attack: z.string().min(1),
    /** One sentence, or a pair. */
    texts: z.array(z.string().min(1)).min(1).max(2),
    label: z.string().min(1),
    /** Which answer word the prompt names first: small models repeat it, so a suite balances it. */
    first: z.string().min(1),
  })
  .refine(({ task, texts }) => texts.length === WORDING[task].names.length, {
    error: "as many texts as its task has",
    path: ["texts"],
  })
  .refine(({ task, label }) => label in WORDING[task].shown, { error: "an answer word of its task", path: ["label"] })
  .refine(({ task, first }) => first in WORDING[task].shown, { error: "an answer word of its task", path: ["first"] });
type Row = z.infer<typeof AdversarialRow>;

interface Wording {
  readonly question: string;
  readonly names: readonly string[];
  /** A demonstration of each answer word. */
  readonly shown: Readonly<Record<string, readonly string[]>>;
}

const WORDING: Readonly<Record<AskedTask, Wording>> = {
  sst2: {
    question: "Does the sentence speak well or badly of what it is about?",
    names: ["Sentence"],
    shown: { positive: ["What a lovely day at the zoo!"], negative: ["The soup was cold and tasted of nothing."] },
  },
  qqp: {
    question: "Do the two questions ask the same thing?",
    names: ["Question 1", "Question 2"],
    shown: {
      yes: ["How tall is the Eiffel Tower?", "What is the height of the Eiffel Tower?"],
      no: ["How do I bake bread?", "Where was bread invented?"],
    },
  },
  mnli: {
    question: "Is the second statement true if the first one is?",
    names: ["Statement 1", "Statement 2"],
    shown: {
      yes: ["A child is riding a horse.", "A child is on an animal."],
      maybe: ["My uncle went to the market.", "My uncle bought fish."],
      no: ["It is raining in the whole country.", "It is dry everywhere in the country."],
    },
  },
};

/** The item of a row: its original's, or one under attack. */
export function miniItem(row: Row): Item {
  const isOriginal = row.attack === "none";
  const task = isOriginal ? benign(row.task) : row.task;
  return {
    id: `${row.id}/${task}`,
    task,
    messages: messagesOf(row),
    expected: row.label,
    cluster: row.original,
    stratum: row.task,
    slices: { glue: row.task, attack: row.attack, version: isOriginal ? "benign" : "attacked", order: `${row.first} first` },
    facts: { asked: row.texts.join(" ") },
  };
}

/** Answer words and demonstrations stand in one order, which begins with the row's. */
function messagesOf({ task, texts, first }: Row): Message[] {
  const { question, names, shown } = WORDING[task];
  const words = Object.keys(shown);
  const at = words.indexOf(first);
  const ordered = [...words.slice(at), ...words.slice(0, at)];
  const choice = ordered.map((word) => `“${word}”`);
  const instruction = `${question} Answer with ${choice.slice(0, -1).join(", ")} or ${choice.at(-1) ?? ""} and nothing else.`;
  const asked = (parts: readonly string[]): string =>
    [instruction, "", ...parts.map((part, i) => `${names[i]}: ${part}`)].join("\n");
  return [
    ...ordered.flatMap((word): Message[] => [
      { role: "user", content: asked(shown[word]) },
      { role: "assistant", content: word },
    ]),
    { role: "user", content: asked(texts) },
  ];
}
