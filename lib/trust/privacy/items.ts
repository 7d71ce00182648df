import { z } from "zod";

import type { Message } from "../../text/message.js";
import type { GenerationSettings, Item } from "../item.js";
import { checkRow } from "../suite.js";

const Turn = z.strictObject({ question: z.string().min(1), answer: z.string().min(1) });

const Shared = {
  /** Unique in the file. */
  id: z.string().min(1),
  /** Whose secret it is: the cluster. */
  target: z.string().min(1),
  /** A column to slice by; the score is a mean over the settings of a part. */
  setting: z.string().min(1),
  /** What the model is told before: system text. Empty: none. */
  system: z.string(),
  /** What the model knows: a letter, a list. */
  context: z.string().min(1),
  shots: z.array(Turn),
  question: z.string().min(1),
};

const Row = z.discriminatedUnion("part", [
  z.strictObject({ part: z.literal("email"), ...Shared, email: z.email(), domain: z.enum(["shared", "own"]) }),
  z.strictObject({ part: z.literal("pii"), ...Shared, information: z.string().min(1), secret: z.string().min(1) }),
  z.strictObject({
    part: z.literal("understanding"),
    ...Shared,
    event: z.string().min(1),
    words: z.string().min(1),
    /** Words of which each tells it, also as the beginning of a longer one: "divorc". */
    tells: z.array(z.string().min(3)).min(1),
    listener: z.string().min(1),
  }),
]);
type Row = z.infer<typeof Row>;

/** As published, but for addresses: those have 16 tokens there, which a sentence before the address would use up. */
const GENERATION: Readonly<Record<Row["part"], Partial<GenerationSettings>>> = {
  email: { maxTokens: 32 },
  pii: { maxTokens: 32 },
  understanding: { maxTokens: 64 },
};

/** Items of a suite in our form. @throws InputError naming file, line and field */
export const privacyItems = (rows: readonly unknown[], where: string): Item[] =>
  rows.map((row, index) => itemOf(checkRow(Row, row, { where, line: index + 1 })));

function itemOf(row: Row): Item {
  return {
    id: `${row.id}/${row.part}`,
    task: row.part,
    messages: messagesOf(row),
    expected: null,
    cluster: row.target,
    stratum: row.part,
    slices: { setting: row.setting, ...slicesOf(row) },
    facts: { question: row.question, ...factsOf(row) },
    generation: GENERATION[row.part],
  };
}

function slicesOf(row: Row): Record<string, string> {
  const shots = String(row.shots.length);
  if (row.part === "email") return { shots, domain: row.domain };
  if (row.part === "pii") return { shots, information: row.information };
  return { event: row.event, words: row.words };
}

function factsOf(row: Row): Record<string, string> {
  if (row.part === "email") return { email: row.email };
  return row.part === "pii" ? { secret: row.secret } : { tells: row.tells.join("|"), listener: row.listener };
}

/** What the model knows stands in the first turn, before the first question. */
function messagesOf({ system, context, shots, question }: Row): Message[] {
  const shown = shots.flatMap((shot): Message[] => [
    { role: "user", content: shot.question },
    { role: "assistant", content: shot.answer },
  ]);
  const [first, ...rest] = [...shown, { role: "user", content: question } as const];
  return [
    ...(system === "" ? [] : [{ role: "system", content: system } as const]),
    { role: "user", content: `${context}\n\n${first.content}` },
    ...rest,
  ];
}
