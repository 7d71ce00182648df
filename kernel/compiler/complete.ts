import type { CompilerAnswer, Match } from "../link.js";
import { toSource, toTranslated } from "../magics/edits.js";
import type { Magic } from "../magics/magic.js";
import { optionName } from "../magics/options.js";
import type { Parameter } from "../magics/parameters.js";
import { allMagics } from "../magics/registry.js";
import type { MagicSpan } from "./cell.js";
import type { Workbench } from "./workbench.js";

/** A `%` and the beginning of a name, where a magic can stand. */
const NAME_BEFORE = /(?:^|[\n]|[=>]\s*|\b(?:return|await)\s+)(\?\s*)?(%{1,2})([A-Za-z]\w*)?$/;

/** What can stand at the cursor: TypeScript's names, or a magic's name, options and values. */
export function completeAt(bench: Workbench, code: string, cursor: number): CompilerAnswer {
  const name = NAME_BEFORE.exec(code.slice(0, cursor));
  if (name) return magicNames(name[2], name[3] ?? "", cursor);
  const { magics } = bench.translate(code);
  const span = magics.find(({ argumentsFrom, to }) => cursor >= argumentsFrom && cursor <= endOfBlanks(code, to));
  if (!span) return typeScriptNames(bench, code, cursor);
  const open = openBrace(code, span, cursor);
  if (open) return expressionNames(bench, code, cursor);
  return argumentMatches(allMagics()[span.name], code.slice(span.argumentsFrom, cursor), cursor);
}

/** Blanks behind a magic's last word belong to its line. */
const endOfBlanks = (code: string, to: number): number => to + (/^[ \t]*/.exec(code.slice(to))?.[0].length ?? 0);

const matches = (found: readonly Match[], start: number, end: number): CompilerAnswer => ({
  kind: "matches",
  matches: found,
  start,
  end,
});

function magicNames(percent: string, prefix: string, cursor: number): CompilerAnswer {
  const kinds = [percent === "%%" ? "cell" : "line", "text"];
  const fitting = Object.values(allMagics()).filter((magic) => kinds.includes(magic.kind) && magic.name.startsWith(prefix));
  const found = fitting.map(({ name }) => ({ text: `${percent}${name}`, type: "magic" }));
  return matches(found, cursor - prefix.length - percent.length, cursor);
}

/** Whether the cursor is within braces, closed or not. */
function openBrace(code: string, span: MagicSpan, cursor: number): boolean {
  if (span.expressions.some(({ from, to }) => cursor >= from && cursor <= to)) return true;
  const behind = span.expressions.filter(({ to }) => to < cursor).at(-1)?.to ?? span.argumentsFrom;
  return code.slice(behind, cursor).includes("{");
}

/** Inside a magic's braces: TypeScript's names; an open brace is closed for the trial. */
function expressionNames(bench: Workbench, code: string, cursor: number): CompilerAnswer {
  const closed = bench
    .translate(code)
    .magics.some(({ expressions }) => expressions.some(({ from, to }) => cursor >= from && cursor <= to));
  return typeScriptNames(bench, closed ? code : `${code.slice(0, cursor)}}${code.slice(cursor)}`, cursor);
}

function typeScriptNames(bench: Workbench, code: string, cursor: number): CompilerAnswer {
  const { translated, edits } = bench.translate(code);
  const info = bench.converter.complete(bench.declarations, translated, toTranslated(edits, cursor));
  const kinds = new Map(info.original?.entries.map((entry) => [entry.name, entry.kind]));
  const start = Math.min(toSource(edits, info.start), cursor);
  const end = Math.max(toSource(edits, info.end), cursor);
  const typed = code.slice(start, cursor);
  const names = info.candidates.filter((name) => name !== "$magic" && /^[\p{ID_Start}$_#"']/u.test(name));
  const exact = names.filter((name) => name.startsWith(typed));
  const found = (exact.length > 0 ? exact : names).map((text) => ({ text, type: kinds.get(text) ?? "" }));
  return found.length === 0 ? matches([], cursor, cursor) : matches(found, start, end);
}

/** In a magic's line: behind "--" its options, behind an option or as a positional the values. */
function argumentMatches(magic: Magic, typed: string, cursor: number): CompilerAnswer {
  const words = typed.split(/\s+/);
  const word = words.at(-1) ?? "";
  const before = words.at(-2) ?? "";
  const inline = /^(--[a-z-]+)=(.*)$/.exec(word);
  if (inline) return valueMatches(magic, optionNamed(magic, inline[1]), inline[2], cursor);
  if (word.startsWith("-")) return optionMatches(magic, word, cursor);
  const option = optionNamed(magic, before);
  if (option && !magic.options[option].flag) return valueMatches(magic, option, word, cursor);
  return valueMatches(magic, positionalAt(magic, words.slice(0, -1)), word, cursor);
}

const optionNamed = (magic: Magic, written: string): string | undefined =>
  Object.keys(magic.options).find((name) => optionName(name) === written);

function optionMatches(magic: Magic, word: string, cursor: number): CompilerAnswer {
  const names = Object.keys(magic.options).map(optionName);
  const found = names.filter((name) => name.startsWith(word)).map((text) => ({ text, type: "option" }));
  return matches(found, cursor - word.length, cursor);
}

/** The positional parameter that the next word belongs to. */
function positionalAt(magic: Magic, words: readonly string[]): string | undefined {
  const names = Object.keys(magic.positional);
  let used = 0;
  for (const [index, word] of words.entries()) {
    const option = optionNamed(magic, words[index - 1] ?? "");
    if (word !== "" && !word.startsWith("--") && !(option && !magic.options[option].flag)) used++;
  }
  const last = names.at(-1);
  return names[used] ?? (last !== undefined && magic.positional[last].many ? last : undefined);
}

/** Fixed values at once; those of the session are for the runner to tell. In a comma list, the last part is completed. */
function valueMatches(magic: Magic, name: string | undefined, word: string, cursor: number): CompilerAnswer {
  if (name === undefined) return matches([], cursor, cursor);
  const parameter: Parameter<unknown> = magic.options[name] ?? magic.positional[name];
  const prefix = parameter.many ? (word.split(",").at(-1) ?? "") : word;
  const [start, end] = [cursor - prefix.length, cursor];
  if (typeof parameter.values === "function") return { kind: "values", magic: magic.name, parameter: name, prefix, start, end };
  const found = (parameter.values ?? []).filter((value) => value.startsWith(prefix)).map((text) => ({ text, type: "value" }));
  return matches(found, start, end);
}
