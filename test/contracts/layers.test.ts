import { readdirSync } from "node:fs";
import { createRequire } from "node:module";

import { expect, test } from "vitest";
import { z } from "zod";

const Rule = z.object({
  name: z.string(),
  from: z.looseObject({ path: z.string().optional() }),
  to: z.looseObject({ pathNot: z.string().optional() }),
});
const { forbidden } = z.object({ forbidden: z.array(Rule) }).parse(createRequire(import.meta.url)("../../.ci/layers.cjs"));

const folders = ["lib", "kernel"].flatMap((root) =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${root}/${entry.name}`),
);

test.each(folders)("%s has its rule of imports", (folder) => {
  expect(forbidden.map((rule) => rule.from.path)).toContain(`^${folder}/`);
});

/** Whether a folder's own rule lets it import a file. */
function allows(folder: string, file: string): boolean {
  const rules = forbidden.filter((rule) => rule.from.path === `^${folder}/` && rule.to.pathNot !== undefined);
  return rules.every((rule) => new RegExp(rule.to.pathNot ?? "^$").test(file));
}

test.each([
  ["lib/core", "lib/tensor/graph.ts", false],
  ["lib/model", "lib/core/errors.ts", true],
  ["lib/model", "lib/inference/responder.ts", false],
  ["lib/inference", "lib/compression/method.ts", false],
  ["lib/plots", "lib/tables/columns.ts", true],
  ["kernel/front", "kernel/link.ts", true],
  ["kernel/front", "lib/index.ts", false],
  ["kernel/front", "kernel/magics/catalogue.ts", false],
  ["kernel/runner", "lib/index.ts", true],
  ["kernel/runner", "lib/model/index.ts", false],
  ["kernel/cli", "kernel/setup/index.ts", true],
  ["kernel/cli", "kernel/setup/native.ts", false],
])("%s importing %s: %s", (folder, file, allowed) => {
  expect(allows(folder, file)).toBe(allowed);
});
