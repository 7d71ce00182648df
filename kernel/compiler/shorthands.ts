import type * as tsModule from "@tslab/typescript-for-tslab";

import type { Edit } from "../link.js";
import { toSource } from "../magics/edits.js";
import type { Translation } from "./cell.js";
import type { TypeScript } from "./converter.js";

/**
 * `{ name }` as `{ name: name }`: tslab sends the names of earlier cells to their values, but not in a shorthand, which would
 * then fail when the cell runs.
 */
export function spellShorthands(ts: TypeScript, translation: Translation): Translation {
  const names = shorthandNames(ts, translation.translated);
  if (names.length === 0) return translation;
  const { translated, edits } = translation;
  const added = names.map(({ from, to }, i): Edit => {
    const newFrom = from + shiftBefore(names, i);
    const source = toSource(edits, from);
    return { from: source, to: source + to - from, newFrom, newTo: newFrom + 2 * (to - from) + 2 };
  });
  const moved = edits.map((edit): Edit => {
    const shift = shiftBefore(names, names.filter(({ to }) => to <= edit.newFrom).length);
    return { ...edit, newFrom: edit.newFrom + shift, newTo: edit.newTo + shift };
  });
  return {
    ...translation,
    translated: spelled(translated, names),
    edits: [...moved, ...added].sort((a, b) => a.newFrom - b.newFrom),
  };
}

interface Name {
  readonly from: number;
  readonly to: number;
}

/** The names of shorthand properties, in their order. */
function shorthandNames(ts: TypeScript, text: string): Name[] {
  if (!text.includes("{")) return [];
  const names: Name[] = [];
  const visit = (node: tsModule.Node): void => {
    if (ts.isShorthandPropertyAssignment(node)) names.push({ from: node.name.getStart(), to: node.name.end });
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("cell.ts", text, ts.ScriptTarget.Latest, true));
  return names;
}

/** How much the first so many names lengthen the text: a colon, a blank and the name again. */
const shiftBefore = (names: readonly Name[], count: number): number =>
  names.slice(0, count).reduce((sum, { from, to }) => sum + to - from + 2, 0);

function spelled(text: string, names: readonly Name[]): string {
  let [out, at] = ["", 0];
  for (const { from, to } of names) {
    out += `${text.slice(at, to)}: ${text.slice(from, to)}`;
    at = to;
  }
  return out + text.slice(at);
}
