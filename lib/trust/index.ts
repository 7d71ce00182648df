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
export type { Dimension, LabelledAnswer, Mended } from "./dimension.js";
export * as dimensions from "./dimensions/catalogue.js";
export {
  type Answered,
  type Asked,
  type Generation,
  type GenerationSettings,
  type Item,
  type Judgement,
  type Label,
  type ScorerName,
  SCORERS,
  type State,
} from "./item.js";
export type { Judge } from "./judge.js";
export { type KnownSuite, knownSuites } from "./known-suites.js";
export { officialSuite, readSuite } from "./named-suite.js";
export { fetchOfficial, officialFolders } from "./official-data.js";
export { type RecordedAnswer, relabel } from "./relabel.js";
export type { Suite, SuiteCard } from "./suite.js";
export { tasksOf } from "./tasks.js";
