import { InputError } from "../../core/errors.js";
import { lookup } from "../../core/lookup.js";
import type { ChatTemplate, Message } from "../message.js";
import { type PublishedTemplate, publishedTemplates } from "./published.js";

/** A published template: how it writes a conversation, and what ends an answer. */
export type NamedTemplate = Required<ChatTemplate>;

/**
 * A template that DecodingTrust's published runs used, by the name they give it ("llama-2", "vicuna_v1.1", …). It writes what
 * their code wrote: a system message takes the place of all that stands before the first turn (in "llama-2" that is also
 * `<s>[INST] <<SYS>>`, so the prompt begins with the bare text), and of several system messages only the last one counts. Their
 * client (helm's for Hugging Face) encodes the text as a plain one: behind the beginning token, where the tokenizer adds one.
 * @throws InputError for an unknown name; when it renders, for no turn or an empty one, which their code takes for the answer to come
 */
export function namedTemplate(name: string): NamedTemplate {
  const template = lookup("chat template", publishedTemplates, name);
  return {
    name,
    afterBos: true,
    stop: template.stop,
    stopTokens: template.stopTokens,
    render: (messages) => {
      const system = messages.findLast(({ role }) => role === "system")?.content ?? template.system;
      const turns = messages.filter(({ role }) => role !== "system");
      checkTurns(name, turns);
      const layout = LAYOUTS[template.layout];
      const written = turns.map((turn, index) => layout.turn(template, { turn, index, system }));
      return [layout.start(template, system), ...written, layout.answer(template)].join("");
    },
  };
}

interface Turn {
  readonly turn: Message;
  readonly index: number;
  readonly system: string;
}

interface Layout {
  start(template: PublishedTemplate, system: string): string;
  turn(template: PublishedTemplate, turn: Turn): string;
  answer(template: PublishedTemplate): string;
}

const roleOf = (template: PublishedTemplate, { turn }: Turn): string =>
  turn.role === "assistant" ? template.assistant : template.user;
const separator = ({ separators }: PublishedTemplate, index: number): string => separators[index % 2];
const withColon = ({ assistant }: PublishedTemplate): string => `${assistant}:`;

const LAYOUTS: Readonly<Record<PublishedTemplate["layout"], Layout>> = {
  colon: {
    start: (template, system) => system + separator(template, 0),
    turn: (template, at) => `${roleOf(template, at)}: ${at.turn.content}${separator(template, at.index)}`,
    answer: withColon,
  },
  "llama-2": {
    start: () => "",
    turn: (template, at) =>
      at.index === 0 ? at.system + at.turn.content : `${roleOf(template, at)} ${at.turn.content}${separator(template, at.index)}`,
    answer: ({ assistant }) => assistant,
  },
  chatml: {
    start: (template, system) => (system === "" ? "" : system + separator(template, 0)),
    turn: (template, at) => `${roleOf(template, at)}\n${at.turn.content}${separator(template, at.index)}`,
    answer: ({ assistant }) => `${assistant}\n`,
  },
  paragraphs: {
    start: (_, system) => system,
    turn: (template, at) => `${roleOf(template, at)}: ${withoutBlankLines(at.turn.content)}${separator(template, at.index)}`,
    answer: withColon,
  },
  lines: {
    start: (_, system) => system,
    turn: (template, at) => {
      const role = roleOf(template, at);
      return `${role === "" ? "" : `${role}: `}${at.turn.content}${separator(template, at.index)}`;
    },
    answer: withColon,
  },
};

/** A blank line is what ends a turn there. */
const withoutBlankLines = (text: string): string => text.replaceAll("\r\n", "\n").replaceAll("\n\n", "\n");

function checkTurns(name: string, turns: readonly Message[]): void {
  const empty = turns.findIndex(({ content }) => content === "");
  if (turns.length > 0 && empty === -1) return;
  const found = turns.length === 0 ? "no turn of a user" : `an empty turn, the ${empty + 1}. of ${turns.length}`;
  throw new InputError({ where: `chat template ${name}`, found, expected: "turns with text" });
}
