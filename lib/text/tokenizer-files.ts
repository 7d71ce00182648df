import { z } from "zod";

import { InputError } from "../core/errors.js";
import { readSentencePieceModel } from "./sentence-piece-model.js";
import { readTokenizerJson } from "./tokenizer-json.js";
import { endingTokens, TOKEN_KIND } from "./vocabulary.js";
import type { Vocabulary } from "./vocabulary.js";

/** The files of a folder that make a tokenizer, read. */
export interface TokenizerFiles {
  /** The folder, for errors. */
  readonly folder: string;
  /** `tokenizer.json`, parsed. */
  readonly json: unknown;
  /** `tokenizer.model`, used where there is no tokenizer.json. */
  readonly model: Uint8Array | undefined;
  /** `tokenizer_config.json`, parsed. */
  readonly config: unknown;
  /** `bos_token_id` and `eos_token_id` of the model's configuration. */
  readonly bos: number | undefined;
  readonly eos: readonly number[];
  /** Rows of the embedding: tokens beyond it can't be read. */
  readonly size: number;
}

const TokenText = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish();
const Config = z.looseObject({
  tokenizer_class: z.string().nullish(),
  add_bos_token: z.boolean().nullish(),
  bos_token: TokenText,
  eos_token: TokenText,
  added_tokens_decoder: z.record(z.string(), z.looseObject({ content: z.string(), special: z.boolean().optional() })).optional(),
});
type TokenizerConfig = z.infer<typeof Config>;

/**
 * The vocabulary that a folder's files describe, as large as the embedding.
 * @throws InputError if there is neither tokenizer.json nor tokenizer.model, or one of the files is wrong
 */
export function vocabularyFromFiles(files: TokenizerFiles): Vocabulary {
  const config = readConfig(files);
  const { vocabulary, addsBos } = files.json === undefined ? fromModel(files, config) : fromJson(files, config);
  const sized = resized(vocabulary, files.size);
  const idOf = (text: string | undefined): number | undefined => {
    const id = text === undefined ? -1 : sized.tokens.indexOf(text);
    return id < 0 ? undefined : id;
  };
  const bos = idOf(textOf(config.bos_token)) ?? files.bos ?? vocabulary.bos;
  const eos = idOf(textOf(config.eos_token)) ?? files.eos[0] ?? vocabulary.eos;
  const ends = [...(eos === undefined ? [] : [eos]), ...files.eos, ...endingTokens(sized.tokens, sized.kinds)];
  for (const id of [bos ?? 0, ...ends]) if (id >= files.size) throw beyond(files, id);
  return {
    ...sized,
    addsBos: addsBos && bos !== undefined,
    ...(bos === undefined ? {} : { bos }),
    ...(eos === undefined ? {} : { eos }),
    endOfText: [...new Set(ends)],
  };
}

interface Found {
  readonly vocabulary: Vocabulary;
  readonly addsBos: boolean;
}

function fromJson({ folder, json }: TokenizerFiles, config: TokenizerConfig): Found {
  const { addsBos: token, ...read } = readTokenizerJson(`${folder}/tokenizer.json`, json);
  const isLlama = config.tokenizer_class?.startsWith("Llama") === true; // the classes that rewrite the post-processor
  const addsBos = isLlama ? (config.add_bos_token ?? token !== undefined) : token !== undefined;
  return { vocabulary: { ...read, addsBos, endOfText: [] }, addsBos };
}

function fromModel({ folder, model }: TokenizerFiles, config: TokenizerConfig): Found {
  if (model === undefined) {
    throw new InputError({
      where: folder,
      found: "neither tokenizer.json nor tokenizer.model",
      expected: "one of them",
      remedy: "fetch the model's tokenizer files as well",
    });
  }
  const read = readSentencePieceModel(`${folder}/tokenizer.model`, model);
  const [tokens, kinds, scores] = [[...read.tokens], [...read.kinds], [...read.scores]];
  for (const [id, { content, special }] of Object.entries(config.added_tokens_decoder ?? {})) {
    if (!/^\d{1,7}$/.test(id)) throw new InputError({ where: folder, found: `an added token ${id}`, expected: "an id" });
    const at = Number(id);
    for (let next = tokens.length; next <= at; next++) {
      tokens.push("");
      scores.push(0);
      kinds.push(TOKEN_KIND.unused);
    }
    tokens[at] = content;
    if (kinds[at] !== TOKEN_KIND.unknown) kinds[at] = special === true ? TOKEN_KIND.control : TOKEN_KIND.userDefined;
  }
  const addsBos = config.add_bos_token ?? true;
  return { vocabulary: { ...read, tokens, kinds, scores, addsBos, endOfText: [] }, addsBos };
}

/** As many tokens as the embedding has rows: those beyond have no meaning, and rows without a token are no text. */
function resized(vocabulary: Vocabulary, size: number): Vocabulary {
  const fit = <T>(list: readonly T[], fill: T): T[] =>
    Array.from({ length: size }, (_, id) => (id < list.length ? list[id] : fill));
  const [tokens, kinds] = [fit(vocabulary.tokens, ""), fit<number>(vocabulary.kinds, TOKEN_KIND.unused)];
  return vocabulary.model === "sentence-piece"
    ? { ...vocabulary, tokens, kinds, scores: fit(vocabulary.scores, 0) }
    : { ...vocabulary, tokens, kinds };
}

function readConfig({ folder, config }: TokenizerFiles): TokenizerConfig {
  const parsed = Config.safeParse(config ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = `${folder}/tokenizer_config.json, field ${issue.path.map(String).join(".") || "(all)"}`;
  throw new InputError({ where, found: "something else", expected: issue.message.slice(0, 200) });
}

const textOf = (token: z.infer<typeof TokenText>): string | undefined =>
  typeof token === "string" ? token : (token?.content ?? undefined);

function beyond({ folder, size }: TokenizerFiles, id: number): InputError {
  const expected = `ids below ${size}, the rows of the embedding`;
  return new InputError({ where: `${folder}, bos and eos tokens`, found: `the id ${id}`, expected });
}
