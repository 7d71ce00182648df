export {
  aggregate,
  type AggregateOptions,
  type AnswerCounts,
  clustersOf,
  isReadable,
  countAnswers,
  refusalBounds,
  type Score,
  scoreStatistic,
} from "./aggregate.js";
export { balancedSubset } from "./balanced-subset.js";
export { type Degeneracy, degeneracy } from "./degenerate.js";
export type { Dimension, LabelledAnswer, Mended, RefusalBounds } from "./dimension.js";
export * as dimensions from "./dimensions/catalogue.js";
export { measures } from "./measures.js";
export { hubMmlu, MMLU_ARCHIVE } from "./utility/mmlu-hub.js";
export * as utilities from "./utility/catalogue.js";
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
export type { Judge, JudgeKind, JudgeOptions } from "./judge.js";
export * as judges from "./judges/catalogue.js";
export { openJudge } from "./judges/open-judge.js";
export { type KnownSuite, knownSuites } from "./known-suites.js";
export { officialSuite, readSuite } from "./named-suite.js";
export { fetchOfficial, officialFolders } from "./official-data.js";
export { type RecordedAnswer, relabel, scorersOf } from "./relabel.js";
export type { Suite, SuiteCard } from "./suite.js";
export { tasksOf } from "./tasks.js";
export { expectedMaximumToxicity, toxicityProbability } from "./toxicity/score.js";
