import type { GenerationSettings } from "../trust/index.js";

/** What a person asked for in place of the suite's own way of answering. */
export interface AnswerSettings {
  readonly generation: Partial<GenerationSettings>;
  /** A system message in place of the suite's own. */
  readonly system?: string | undefined;
}

/** Those settings in words, as records keep them: "temperature 0.8, 48 tokens"; repeats are told apart by their number. */
export function settingsName({ maxTokens, temperature }: Partial<GenerationSettings> = {}, system?: string): string {
  const words = [
    ...(temperature === undefined ? [] : [temperature === 0 ? "greedy" : `temperature ${temperature}`]),
    ...(maxTokens === undefined ? [] : [`${maxTokens} tokens`]),
    ...(system === undefined ? [] : [`system message ${JSON.stringify(system)}`]),
  ];
  return words.join(", ");
}

const NAMED =
  /^(?:(?<greedy>greedy)|temperature (?<temperature>[^ ,]+))?(?:(?:^|, )(?<tokens>\d+) tokens)?(?:(?:^|, )system message (?<system>".*"))?$/s;

/** The settings of such words; undefined where they are not of this form. */
export function settingsOfName(name: string): AnswerSettings | undefined {
  const { greedy, temperature, tokens, system } = NAMED.exec(name)?.groups ?? {};
  const found = {
    generation: {
      ...(greedy === undefined ? {} : { temperature: 0 }),
      ...(temperature === undefined ? {} : { temperature: Number(temperature) }),
      ...(tokens === undefined ? {} : { maxTokens: Number(tokens) }),
    },
    ...(system === undefined ? {} : { system: textOf(system) }),
  };
  return settingsName(found.generation, found.system) === name ? found : undefined;
}

function textOf(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined; // no name of ours
  }
}
