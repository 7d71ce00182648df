/**
 * The first name that stands twice in one object of a JSON text, or undefined. `JSON.parse` keeps the last one silently,
 * so that two readers of a hostile file could see two different tensors. By hand: a regular expression overflows on long strings.
 * @param text that `JSON.parse` accepts
 */
export function duplicateName(text: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{") open.push(new Set());
    else if (character === "}") open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      if (isName(text, end)) {
        const raw = text.slice(at, end);
        const name: unknown = raw.includes("\\") ? JSON.parse(raw) : raw.slice(1, -1);
        const names = open[open.length - 1];
        if (typeof name !== "string" || names.has(name)) return String(name);
        names.add(name);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** Just behind the closing quote. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function isName(text: string, after: number): boolean {
  let at = after;
  while (text[at] === " " || text[at] === "\n" || text[at] === "\r" || text[at] === "\t") at += 1;
  return text[at] === ":";
}
