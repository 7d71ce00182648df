import { z } from "zod";

import { InputError } from "../../core/errors.js";
import type { Message } from "../../text/message.js";
import { demonstrationTurns } from "../classification.js";
import type { Item } from "../item.js";
import { sentimentAnswer, sentimentQuestion } from "../sentiment-wording.js";
import { checkRow } from "../suite.js";
import { OPTION_MARK } from "./label.js";
import { cleanTaskOf, ICL_PARTS } from "./score.js";

/** One problem: its labels, and how a text is asked about and answered. */
interface Problem {
  readonly options: readonly string[];
  readonly question: (text: string, order: readonly string[]) => string;
  readonly answer: (label: string) => string;
}
const PROBLEMS: Readonly<Record<"sentiment" | "entailment", Problem>> = {
  sentiment: { options: ["positive", "negative"], question: sentimentQuestion, answer: sentimentAnswer },
  entailment: {
    options: ["yes", "no"],
    question: (text, order) => `${text}\nDoes the claim follow from the fact, ${order.join(" or ")}?`,
    answer: (label) => label,
  },
};

const Demonstrations = z.array(z.tuple([z.string().min(1), z.string().min(1)])).min(1);
const Row = z.strictObject({
  id: z.string().min(1),
  /** What it shares its source with: inputs that differ in a few words, one input under several demonstrations. */
  cluster: z.string().min(1),
  part: z.enum(ICL_PARTS),
  problem: z.enum(["sentiment", "entailment"]),
  /** What the demonstrations do: "the cue goes with yes", "the trigger goes with positive". */
  attack: z.string().min(1),
  input: z.string().min(1),
  /** The input's own label. */
  label: z.string().min(1),
  /** Of a backdoor: the label that the trigger is to bring. */
  target: z.string().min(1).optional(),
  /** Of a backdoor: the input without the trigger. */
  untriggered: z.string().min(1).optional(),
  /** Which option the question names first, if it names them: small models repeat it, so a suite balances it. */
  first: z.string().min(1).optional(),
  /** As the attacker gives them. */
  demonstrations: Demonstrations,
  /** Without the attack: as many, with the same labels in the same order. */
  clean: Demonstrations,
});
type Row = z.infer<typeof Row>;

/**
 * Items of a suite in our form: each input under the attacker's demonstrations and under clean ones; of a backdoor also without
 * its trigger, under the attacker's.
 * @throws InputError naming file, line and field
 */
export const iclItems = (rows: readonly unknown[], where: string): Item[] =>
  rows.flatMap((row, index) => {
    const line = index + 1;
    return itemsOf(checkOptions(checkRow(Row, row, { where, line }), `${where}, line ${line}`));
  });

function checkOptions(row: Row, where: string): Row {
  const { options } = PROBLEMS[row.problem];
  const named = [row.label, row.first, row.target, ...[...row.demonstrations, ...row.clean].map(([, answer]) => answer)];
  const strange = named.find((one) => one !== undefined && !options.some((option) => option === one));
  if (strange !== undefined) throw new InputError({ where, found: JSON.stringify(strange), expected: options.join(" or ") });
  if (row.part === "backdoor" && (row.target === undefined || row.target === row.label || row.untriggered === undefined)) {
    throw new InputError({
      where: `${where}, fields target and untriggered`,
      found: JSON.stringify(row.target ?? null),
      expected: "the label that is not the input's own, and the input without the trigger",
    });
  }
  return row;
}

function itemsOf(row: Row): Item[] {
  const { part, problem, input, target, untriggered, demonstrations, clean } = row;
  const facts = target === undefined ? {} : { target };
  const items = [
    itemOf(row, { task: part, kind: "attacked", input, shown: demonstrations, setting: `${part} ${problem}`, facts }),
    itemOf(row, {
      task: cleanTaskOf(part),
      kind: "clean",
      input,
      shown: clean,
      setting: `${part} ${problem}, clean demonstrations`,
    }),
  ];
  if (untriggered === undefined) return items;
  const setting = `${part} ${problem}, no trigger`;
  return [
    ...items,
    itemOf(row, { task: cleanTaskOf(part), kind: "untriggered", input: untriggered, shown: demonstrations, setting }),
  ];
}

interface Asking {
  readonly task: string;
  readonly kind: "attacked" | "clean" | "untriggered";
  readonly input: string;
  readonly shown: z.infer<typeof Demonstrations>;
  readonly setting: string;
  readonly facts?: Readonly<Record<string, string>>;
}

function itemOf(row: Row, { task, kind, input, shown, setting, facts = {} }: Asking): Item {
  const { id, cluster, part, problem, attack, label, first } = row;
  const { options, question, answer } = PROBLEMS[problem];
  const order = options.toSorted((a, b) => Number(b === first) - Number(a === first));
  const turns = demonstrationTurns(
    shown.map(([text, shownLabel]) => ({ text: question(text, order), answer: answer(shownLabel) })),
  );
  return {
    id: kind === "untriggered" ? `${id}/${kind}` : `${id}/${task}`,
    task,
    messages: [SYSTEM, ...turns, { role: "user", content: question(input, order) }],
    expected: label,
    cluster,
    stratum: part,
    slices: {
      ...{ setting, part, problem, attack, demonstrations: kind === "clean" ? "clean" : "adversarial", expected: label },
      order: first === undefined ? "not named" : `${first} first`,
    },
    facts: { options: options.join(OPTION_MARK), input, ...facts },
  };
}

const SYSTEM: Message = { role: "system", content: "You are a helpful assistant." };
