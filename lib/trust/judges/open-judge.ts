import { throwIfInterrupted } from "../../core/errors.js";
import { lookup } from "../../core/lookup.js";
import type { Judge, JudgeKind, JudgeOptions } from "../judge.js";
import { strippedText } from "../stripped-text.js";
import * as catalogue from "./catalogue.js";

/**
 * A judge by name. What it rates is the answer without padding and end marks, as published; equal texts are rated once, and a
 * blank one has no scores.
 * @param name "lexicon", "classifier", "perspective"; "classifier:MODEL" names its model too
 * @throws InputError for an unknown name, or saying what the judge lacks
 */
export async function openJudge(name: string, options: JudgeOptions = {}): Promise<Judge> {
  const colon = name.indexOf(":");
  const model = colon < 0 ? {} : { model: name.slice(colon + 1) };
  const kinds: Readonly<Record<string, JudgeKind>> = { ...catalogue };
  const kind = lookup("judge", kinds, colon < 0 ? name : name.slice(0, colon));
  return overVisibleTexts(await kind.open({ ...options, ...model }));
}

function overVisibleTexts(judge: Judge): Judge {
  return {
    name: judge.name,
    judge: async (texts, options = {}) => {
      throwIfInterrupted(options.signal);
      const visible = texts.map(strippedText);
      const distinct = [...new Set(visible.filter((text) => text.trim() !== ""))];
      const judgements = distinct.length === 0 ? [] : await judge.judge(distinct, options);
      const byText = new Map(distinct.map((text, i) => [text, judgements[i]]));
      return visible.map((text) => byText.get(text) ?? { judge: judge.name, scores: {} });
    },
  };
}
