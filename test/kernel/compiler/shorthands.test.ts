import { describe, expect, test } from "vitest";

import { translateCell } from "../../../kernel/compiler/cell.js";
import { loadTypeScript } from "../../../kernel/compiler/converter.js";
import { spellShorthands } from "../../../kernel/compiler/shorthands.js";
import { toSource } from "../../../kernel/magics/edits.js";

const ts = loadTypeScript();
const spell = (source: string) =>
  spellShorthands(
    ts,
    translateCell(ts, source, (name) => (name === "trust" ? "line" : undefined)),
  );

describe("spellShorthands", () => {
  test.each([
    ["f({ a, bc: 1, d })", "f({ a: a, bc: 1, d: d })"],
    ["({ a } = o)", "({ a: a } = o)"],
    ["({ a = 1 } = o)", "({ a: a = 1 } = o)"],
    ["const { a, b } = o;", "const { a, b } = o;"],
    ["function f({ a }) {}", "function f({ a }) {}"],
    ['"{ a }"; `{ b }`; // { c }', '"{ a }"; `{ b }`; // { c }'],
    ["export { a };", "export { a };"],
    ["`${g({ a })}`", "`${g({ a: a })}`"],
  ])("%j becomes %j", (source, translated) => expect(spell(source).translated).toBe(translated));

  test("places before and behind map back to where they stood, a spelled name to its start", () => {
    const source = "f({ ab, c });\nconst t = %trust {{ de }} --n 3;\ng({ h }, last)";
    const { translated, edits } = spell(source);
    expect(translated).toContain("f({ ab: ab, c: c });");
    expect(translated).toContain("{ de: de }");
    for (const word of ["f({", "const t", "last"]) expect(toSource(edits, translated.indexOf(word))).toBe(source.indexOf(word));
    for (const [spelled, name] of [
      [": ab", "ab"],
      [": c }", "c }"],
      [": de", "de"],
      [": h }", "h }"],
    ]) {
      expect(toSource(edits, translated.indexOf(spelled))).toBe(source.indexOf(name));
    }
  });
});
