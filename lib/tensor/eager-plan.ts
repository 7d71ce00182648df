import type { GraphBuilder, NodeDefinition } from "./graph.js";

/** One node of a plan: what it computes, and which values nobody needs behind it. */
export interface PlanStep {
  readonly definition: NodeDefinition;
  /** Names of outputs whose last reader this is; its own that are never read count. */
  readonly release: readonly string[];
}

/**
 * What must be computed for some fetches, in the order in which the graph was written: every input comes earlier, and a variable
 * is read and assigned as the program that wrote the graph says.
 */
export function planFor(graph: GraphBuilder, fetches: readonly string[]): PlanStep[] {
  const needed = new Set(fetches.map(nodeOf));
  const steps: NodeDefinition[] = [];
  for (const definition of [...graph.definitions].reverse()) {
    if (!needed.has(definition.name)) continue;
    steps.unshift(definition);
    for (const { name } of [...(definition.call.inputs ?? []), ...(definition.call.after ?? [])]) needed.add(nodeOf(name));
  }
  const lastReader = new Map<string, number>();
  for (const [at, { name, call }] of steps.entries()) {
    for (const output of outputNames(name, call.outputs)) lastReader.set(output, at);
    for (const input of call.inputs ?? []) lastReader.set(input.name, at);
  }
  const release = steps.map((): string[] => []);
  for (const [name, at] of lastReader) if (!fetches.includes(name)) release[at].push(name);
  return steps.map((definition, at) => ({ definition, release: release[at] }));
}

/** The names of a node's outputs. */
export const outputNames = (name: string, count = 1): string[] =>
  Array.from({ length: count }, (_, i) => (i === 0 ? name : `${name}:${i}`));

const nodeOf = (output: string): string => output.replace(/:\d+$/, "");
