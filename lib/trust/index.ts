export {
  aggregate,
  type AggregateOptions,
  type AnswerCounts,
  clustersOf,
  countAnswers,
  type RefusalBounds,
  refusalBounds,
  type Score,
} from "./aggregate.js";
export { balancedSubset } from "./balanced-subset.js";
export { type Degeneracy, degeneracy } from "./degenerate.js";
export type { Dimension, GenerationSettings, LabelledAnswer } from "./dimension.js";
export * as dimensions from "./dimensions/catalogue.js";
export { type Generation, type Item, type Label, type ScorerName, SCORERS, type State } from "./item.js";
export { readNamedSuite } from "./named-suite.js";
export { type RecordedAnswer, relabel } from "./relabel.js";
export { readSuite, type Suite, type SuiteCard } from "./suite.js";
