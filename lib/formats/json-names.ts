const STRING_OR_BRACE = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/gsu;

/**
 * The first name that stands twice in one object of a JSON text, or undefined. `JSON.parse` keeps the last one silently,
 * so that two readers of a hostile file could see two different tensors.
 * @param text that `JSON.parse` accepts
 */
export function duplicateName(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (const match of text.matchAll(STRING_OR_BRACE)) {
    if (match[0] === "{") open.push(new Set());
    else if (match[0] === "}") open.pop();
    else if (match[1] !== undefined) {
      const name: unknown = JSON.parse(match[0].slice(0, match[0].length - match[1].length));
      const names = open[open.length - 1];
      if (typeof name !== "string" || names.has(name)) return String(name);
      names.add(name);
    }
  }
  return undefined;
}
