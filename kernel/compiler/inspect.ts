import type * as tsModule from "@tslab/typescript-for-tslab";
import type { MimeBundle } from "../link.js";
import { toTranslated } from "../magics/edits.js";
import { helpText } from "../magics/help-text.js";
import { allMagics } from "../magics/registry.js";
import type { TypeScript } from "./converter.js";
import type { Workbench } from "./workbench.js";

/** A place in a cell that someone asks about. */
export interface InspectPlace {
  readonly code: string;
  readonly cursor: number;
  /** 1 adds the source of a user's function. */
  readonly detail: number;
}

/** Signature and documentation of what stands there, as text and Markdown; empty if nothing is known. */
export function inspectAt(bench: Workbench, { code, cursor, detail }: InspectPlace): MimeBundle {
  const { translated, edits, magics } = bench.translate(code);
  const span = magics.find(({ from, argumentsFrom, to, expressions }) => {
    const inExpression = expressions.some((expression) => cursor >= expression.from && cursor <= expression.to);
    return cursor >= from && cursor <= Math.max(argumentsFrom, to) && !inExpression;
  });
  if (span) return bothForms(helpText(allMagics()[span.name]), "", "text");
  const { ts } = bench.converter;
  const info = quickInfo(bench, translated, toTranslated(edits, cursor));
  if (!info) return {};
  const signature = joinParts(info.displayParts);
  const notes = [joinParts(info.documentation), ...(info.tags ?? []).map((tag) => `@${tag.name} ${joinParts(tag.text)}`.trim())];
  const name = translated.slice(info.textSpan.start, info.textSpan.start + info.textSpan.length);
  const source = detail > 0 ? sourceOf(ts, [...bench.sources].reverse(), name) : undefined;
  const text = notes.filter((note) => note !== "").join("\n");
  return bothForms(source === undefined ? signature : `${signature}\n\n${source}`, text, "typescript");
}

/** A cursor behind a name's last letter means that name. */
function quickInfo(bench: Workbench, text: string, position: number): tsModule.QuickInfo | undefined {
  const at = (offset: number): tsModule.QuickInfo | undefined => bench.converter.inspect(bench.declarations, text, offset);
  return at(position) ?? (position > 0 ? at(position - 1) : undefined);
}

const joinParts = (parts: readonly tsModule.SymbolDisplayPart[] = []): string => parts.map(({ text }) => text).join("");

function bothForms(code: string, notes: string, language: string): MimeBundle {
  const separated = notes === "" ? "" : `\n\n${notes}`;
  return { "text/plain": `${code}${separated}`, "text/markdown": `\`\`\`${language}\n${code}\n\`\`\`${separated}` };
}

/** The newest declaration of that name among cells, as it was written. */
function sourceOf(ts: TypeScript, newestFirst: readonly string[], name: string): string | undefined {
  for (const source of newestFirst) {
    if (!source.includes(name)) continue;
    const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true);
    const found = file.statements.find((statement) => declares(ts, statement, name));
    if (found) return found.getText(file);
  }
  return undefined;
}

function declares(ts: TypeScript, statement: tsModule.Statement, name: string): boolean {
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) return statement.name?.text === name;
  if (!ts.isVariableStatement(statement)) return false;
  return statement.declarationList.declarations.some(({ name: declared }) => ts.isIdentifier(declared) && declared.text === name);
}
