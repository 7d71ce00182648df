import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { lonelyFolders, shapeOf } from "./shape-rules.js";

const ROOTS = ["lib", "kernel"];

const files = ROOTS.flatMap((root) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("__pycache__"))
    .map((entry) => join(entry.parentPath, entry.name)),
);
const sources = files.filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
const shapes = sources.map((path) => shapeOf(path, readFileSync(path, "utf8")));
const findings = [...shapes.flatMap((shape) => shape.findings), ...lonelyFolders(files)];

for (const finding of findings) console.log(finding);
console.log(
  `${sources.length} files: ${spread(shapes.map(({ lines }) => lines))} lines; functions: ${spread(shapes.flatMap((s) => s.functionLines))}`,
);
process.exitCode = findings.length > 0 ? 1 : 0;

function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return `median ${at(0.5)}, 90th ${at(0.9)}, most ${at(1)}`;
}
