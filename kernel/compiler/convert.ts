import { InputError } from "../../lib/core/errors.js";
import type { CompilerAnswer, CompilerAsk, Failure } from "../link.js";
import { positionAt, toSource } from "../magics/edits.js";
import { helpText } from "../magics/help-text.js";
import { allMagics, noSuchMagic } from "../magics/registry.js";
import type { Translation } from "./cell.js";
import type { Converted } from "./converter.js";
import { describeDiagnostics, linesOf } from "./diagnostics.js";
import { inspectAt } from "./inspect.js";
import { spellShorthands } from "./shorthands.js";
import type { Workbench } from "./workbench.js";

/** `?name`, `?%name`, `%name?`. */
const QUESTION = /^(?:\?{1,2}\s*%{0,2}([A-Za-z_$][\w$.]*)|%{1,2}([A-Za-z]\w*)\?{1,2})\s*;?$/;

type CellAsk = Pick<Extract<CompilerAsk, { kind: "convert" }>, "cell" | "count" | "code">;

/** A cell as a program for the runner, as help, or as what is wrong with it. */
export function convertCell(bench: Workbench, { cell, count, code }: CellAsk): CompilerAnswer {
  const question = QUESTION.exec(code.trim());
  if (question) return answerQuestion(bench, question[1] ?? question[2], code.includes("%"));
  const asWritten = bench.translate(code);
  const translation = spellShorthands(bench.converter.ts, asWritten);
  const certain = translation.unknown.find((candidate) => candidate.certain);
  if (certain) return refuse(inputFailure(noSuchMagic(certain.name)));
  const converted = bench.converter.convert(bench.declarations, translation.translated);
  if (converted.diagnostics.length > 0) return refuse(jsxFailure(bench, asWritten) ?? diagnose(translation, converted));
  bench.pending.set(cell, { declarations: converted.declarations, source: code });
  return { kind: "program", program: { cell, count, ...programOf(bench, translation, converted) } };
}

function programOf(bench: Workbench, { source, translated, edits }: Translation, converted: Converted) {
  for (const file of converted.sideFiles) {
    bench.sideFiles.set(file.path, file);
    bench.unsent.set(file.path, file);
  }
  const sideFiles = [...bench.unsent.values()];
  bench.unsent.clear();
  const { output, maps, lastValue, imports } = converted;
  return { text: { source, translated, edits }, output, maps, lastValue, imports, sideFiles };
}

function answerQuestion(bench: Workbench, name: string, isMagic: boolean): CompilerAnswer {
  const magics = allMagics();
  if (Object.hasOwn(magics, name)) return { kind: "page", text: helpText(magics[name]) };
  if (isMagic) return refuse(inputFailure(noSuchMagic(name)));
  const text = inspectAt(bench, { code: name, cursor: name.length, detail: 1 })["text/plain"];
  if (typeof text === "string") return { kind: "page", text };
  return refuse(
    inputFailure(new InputError({ where: `?${name}`, found: "no such name", expected: "a magic, or what a cell declared" })),
  );
}

const refuse = (failure: Failure): CompilerAnswer => ({ kind: "refused", failure });

const inputFailure = ({ message }: InputError): Failure => ({ ename: "InputError", evalue: message, traceback: [message] });

/** JSX would give a dozen errors about brackets, none of which says what is wrong. */
function jsxFailure({ converter }: Workbench, { source, translated, edits }: Translation): Failure | undefined {
  const at = translated.includes("<") && converter.parseErrors(translated).length > 0 ? converter.jsxAt(translated) : undefined;
  if (at === undefined) return undefined;
  const { line, column } = positionAt(source, toSource(edits, at));
  return inputFailure(
    new InputError({
      where: `${line + 1}:${column + 1}`,
      found: "JSX",
      expected: "TypeScript without JSX",
      remedy: "show HTML by `display({ 'text/html': … }, { raw: true })` or in a cell that begins with %%html",
    }),
  );
}

/** TypeScript's own errors; if one is where a magic of an unknown name stands, that name first. */
function diagnose(translation: Translation, { diagnostics }: Converted): Failure {
  const failure = describeDiagnostics(translation, diagnostics);
  const lines = linesOf(translation, diagnostics);
  const suspect = translation.unknown.find(({ start }) => {
    const line = translation.source.slice(0, start).split("\n").length;
    return lines.has(line) || lines.has(line - 1);
  });
  if (suspect === undefined) return failure;
  const { ename, evalue, traceback } = inputFailure(noSuchMagic(suspect.name));
  return { ename, evalue, traceback: [...traceback, ...failure.traceback] };
}
