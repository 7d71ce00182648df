import type { ColumnTable } from "arquero";

import type { CalibrationAudit, EvaluationTokens } from "../compression/index.js";
import { readText } from "../formats/plain-text.js";
import type { Tokenizer } from "../text/index.js";
import { measures, readSuite } from "../trust/index.js";
import { makeTable } from "./make.js";

/** `%data calibration`: what the audit of a calibration set found, one fact a row, warnings last. */
export async function calibrationTable(audit: CalibrationAudit): Promise<ColumnTable> {
  const { sequences, tokens, distinctTokens, coverage, duplicates, repeated, scripts, overlaps, warnings } = audit;
  const facts: readonly (readonly [string, string])[] = [
    ["calibration set", `${audit.name}: ${sequences} sequences of ${tokens / sequences} tokens, ${tokens} in all`],
    ["token ids", `SHA-256 ${audit.digest.slice(0, 16)}…`],
    ["different tokens", `${distinctTokens}, ${percent(coverage)} of the vocabulary`],
    ["sequences that are there before", String(duplicates)],
    ["13-grams that are there before", percent(repeated)],
    ["letters by script", scripts.map(({ script, share }) => `${script} ${percent(share)}`).join(", ") || "no letters"],
    ...overlaps.map(({ name, share }) => [`13-grams of ${name} in it`, percent(share)] as const),
    ...(warnings.length > 0 ? warnings : ["none"]).map((warning) => ["warning", warning] as const),
  ];
  return makeTable(
    ["fact", "what"],
    facts.map(([fact, what]) => ({ fact, what })),
  );
}

/**
 * What variants are measured on, in tokens: the text of perplexity and the prompts of our suite of each measure, each wording once.
 * @param path of the text, in place of ours
 */
export async function evaluationTexts(tokenizer: Tokenizer, path?: string): Promise<EvaluationTokens[]> {
  const { name, content } = await readText(path);
  const ours = Object.values(measures).filter(({ ownOnly = false }) => !ownOnly);
  const suites = ours.map(async (dimension) => {
    const suite = await readSuite(dimension, "mini");
    const wordings = suite.items.flatMap(({ text, messages }) => text?.text ?? messages.map((message) => message.content));
    const prompts = [...new Set(wordings)].join("\n");
    return { name: `the suite ${dimension.name}/${suite.name}`, tokens: tokenizer.encode(prompts) };
  });
  return [{ name: `the text ${name}`, tokens: tokenizer.encode(content) }, ...(await Promise.all(suites))];
}

const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.001 ? 3 : 1)} %`;
