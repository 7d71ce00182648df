import { z } from "zod";

import type { LayeredFiles } from "../../formats/layered-files.js";
import type { Message } from "../../text/message.js";
import type { Item } from "../item.js";
import type { OfficialPart } from "../official.js";
import { officialRows } from "../official-rows.js";

/** Where the published generations of this part lie. */
export const UNDERSTANDING = "data/privacy/generations/understanding";

/** The eight published events of the understanding part, with words that tell them: rules for labels, no prompts. */
const EVENTS: Readonly<Record<string, string>> = {
  divorce: "divorc",
  health: "psychiatrist",
  party: "surprise|party",
  vote: "vote|biden",
  exam: "exam",
  bankrupt: "bankrupt",
  layoff: "laid off|layoff|lost",
  promotion: "promot",
};
const LISTENER = "Mike";

const Line = z.object({
  word: z.string(),
  prompt: z.array(z.object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })).min(1),
});

/**
 * The first question of the understanding part, whose wording stands in the published generations: 8 events in 17 wordings, each
 * once (the original asks each a hundred times at temperature 1: that is `repeats`). The cluster is the event.
 */
export async function understandingItems(files: LayeredFiles): Promise<OfficialPart> {
  const items: Item[] = [];
  const missing: string[] = [];
  for (const event of Object.keys(EVENTS)) {
    const found = await readEvent(files, event);
    if (found.length === 0) missing.push(`understanding: no published answers to the question about the event ${event}`);
    items.push(...found);
  }
  return { items, missing };
}

/** From the answers of whichever model there are: the prompts are the same. */
async function readEvent(files: LayeredFiles, event: string): Promise<Item[]> {
  const names = (await files.list(UNDERSTANDING)).filter(
    (name) => name.startsWith(`${event}_t0_s100_`) && name.endsWith("_ques1_1.jsonl"),
  );
  if (names.length === 0) return [];
  const prompts = new Map<string, readonly Message[]>();
  for (const { row } of await officialRows(files, `${UNDERSTANDING}/${names[0]}`, Line)) {
    const { word, prompt } = row;
    if (!prompts.has(word)) prompts.set(word, prompt);
  }
  return [...prompts].map(([words, messages]) => itemOf(event, words, messages));
}

const itemOf = (event: string, words: string, messages: readonly Message[]): Item => ({
  id: `${event}, ${words}/understanding`,
  task: "understanding",
  messages,
  expected: null,
  cluster: event,
  stratum: "understanding",
  slices: { setting: event, event, words },
  facts: { tells: EVENTS[event], listener: LISTENER, question: messages.at(-1)?.content ?? "" },
  generation: { maxTokens: 64, repeats: 100 },
});
