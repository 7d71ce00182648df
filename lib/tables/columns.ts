/** What a cell may hold; null is "none". */
export type Cell = string | number | boolean | null;

/** A column: declared once, read by tables, plots, headers and help. */
export interface Column {
  readonly type: "text" | "number" | "flag";
  /** Null where the meaning has none. */
  readonly unit: string | null;
  readonly meaning: string;
  /** Decimals shown; numbers without it are shown to four significant digits. */
  readonly digits?: number;
}

const text = (meaning: string): Column => ({ type: "text", unit: null, meaning });
const flag = (meaning: string): Column => ({ type: "flag", unit: null, meaning });
const number = (meaning: string, unit: string | null = null, digits?: number): Column => ({
  type: "number",
  unit,
  meaning,
  ...(digits === undefined ? {} : { digits }),
});
const points = (meaning: string): Column => number(meaning, "points", 1);

/** THE LIST of columns. A dimension's slice columns (topic, statement, …) join the items under their own names. */
export const COLUMNS = {
  study: text("name of the study's folder"),
  model: text("short name of the model"),
  variant: text("a model after one compression recipe"),
  method: text("compression method"),
  bits: number("bits of a quantized weight"),
  pattern: text("pruning pattern: share of zeros, or n:m"),
  groupSize: text("inputs that share a scale: a number, or a whole channel"),
  sparsity: number("share of zeros in the linear layers", "0–1", 3),
  rate: number("nominal compression rate: bits/16, or 1 − sparsity asked for; 1 is dense", "0–1", 3),
  bitsPerWeight: number("effective bits a weight of the linear layers, with scales and zero points", "bits", 2),
  sizeMB: number("the whole model stored compactly", "MB", 1),
  relativeError: number("‖W′ − W‖ / ‖W‖ of a linear layer; of a variant, the mean over them", "0–1", 4),
  outputError: number("‖(W′ − W)X‖ / ‖WX‖ on the calibration set; none where the method made no Hessian of it", "0–1", 4),
  block: number("block of the model, the first is 0"),
  matrix: text("which linear layer of the block"),
  notes: text("what the method had to do besides: raise the damping, say"),
  weightFrom: number("lower end of the bin, in root mean squares of the dense matrix", "rms", 1),
  weightTo: number("upper end of the bin", "rms", 1),
  share: number("share of the weights in the bin", "0–1", 4),
  denseShare: number("share of the dense weights in it", "0–1", 4),
  zeros: number("share of zeros, which are in no bin", "0–1", 3),
  denseZeros: number("share of zeros of the dense weights", "0–1", 3),
  beyond: number("share of the weights beyond all bins", "0–1", 4),
  denseBeyond: number("share of the dense weights beyond all bins", "0–1", 4),
  weights: number("weights counted"),
  seconds: number("wall time", "s", 2),
  peakMB: number("the most memory that the process held while it was made", "MB", 0),
  calibration: text("calibration set; none for methods without one"),
  calibrationSeed: number("seed of the calibration's draw"),
  decodingSeed: number("seed of a sampled answer; none for greedy"),
  suite: text("where the prompts come from"),
  items: number("prompts of a suite"),
  tasks: text("parts of the suite, with their prompts"),
  licence: text("licence of the prompts"),
  digest: text("start of the SHA-256 of what was read"),
  missing: text("what the suite ought to hold and its source lacks, or why it is not at hand"),
  expected: text("the answer that the suite expects"),
  defect: text("what the published code does"),
  publishedScorers: text("published scorers that do it"),
  instead: text("what touchstone does in its place"),
  dimension: text("trust dimension"),
  task: text("part of a dimension; all: its score over its tasks"),
  cluster: text("what moves together and is resampled together"),
  stratum: text("attribute of the cluster within which it is resampled"),
  group: text("group of people that an item speaks about"),
  topic: text("what an item is about"),
  order: text("which of two stances the prompt names first"),
  template: text("sentence frame of an item"),
  statement: text("statement that the model is asked about"),
  item: text("one prompt of one task"),
  repeat: number("which of several answers to one prompt"),
  prompt: text("the prompt as the model saw it"),
  output: text("what the variant answered"),
  scorer: text("rule that read the answer"),
  judge: text("model that judged, if one did"),
  official: text("raw label of the published scorer"),
  state: text("right, wrong, refused or degenerate"),
  value: number("what the answer earns, higher is more trustworthy", "0–1"),
  refused: flag("the answer was a refusal"),
  degenerate: flag("the answer could not be read"),
  chatTemplate: text("what wrote the prompt as a conversation"),
  precision: text("number format of the computation"),
  backend: text("what computed it"),
  tokens: number("tokens of the answer"),
  score: points("higher is more trustworthy, 0–100"),
  low: points("lower bound of the 95 % interval"),
  high: points("upper bound of the 95 % interval"),
  n: number("answers"),
  counted: number("answers that have a value, of which the score is made"),
  refusals: number("answers that were refusals"),
  degenerates: number("answers that could not be read"),
  drift: points("score minus the dense variant's, paired by item"),
  driftLow: points("lower bound of the drift's 95 % interval"),
  driftHigh: points("upper bound of the drift's 95 % interval"),
  pValue: number("two-sided p of no drift", null, 4),
  pHolm: number("p adjusted by Holm over the rows shown", null, 4),
  test: text("the test that gave the p-value"),
  pairs: number("items that both variants answered readably"),
  unpaired: number("items that only one of them answered readably, or none"),
  lost: number("pairs whose value fell"),
  gained: number("pairs whose value rose"),
  clusters: number("units of resampling"),
  fewClusters: flag("fewer than 20 clusters: read the interval with care"),
  refusalsAsRight: points("the score if every refusal were right"),
  refusalsAsWrong: points("the score if every refusal were wrong"),
  perplexity: number("exp of the mean negative log-likelihood a token", null, 2),
  perplexityLow: number("lower bound of its 95 % interval", null, 2),
  perplexityHigh: number("upper bound of its 95 % interval", null, 2),
  perplexityRatio: number("perplexity over the dense variant's, paired by window", null, 3),
  ratioLow: number("lower bound of the ratio's 95 % interval", null, 3),
  ratioHigh: number("upper bound of the ratio's 95 % interval", null, 3),
  scored: number("tokens counted in the perplexity", "tokens"),
  convention: text("how the text was cut; perplexities of different conventions are not comparable"),
  flip: text("how the answer's state changed"),
  before: text("state of the dense variant's answer"),
  after: text("state of the variant's answer"),
  outputBefore: text("what the dense variant answered"),
  outputAfter: text("what the variant answered"),
  count: number("pairs"),
} as const satisfies Readonly<Record<string, Column>>;

/** A declared column's name. */
export type ColumnName = keyof typeof COLUMNS;

/** The declaration of a column; undefined for one that a person or a dimension made. */
export const columnOf = (name: string): Column | undefined => (isColumn(name) ? COLUMNS[name] : undefined);

const isColumn = (name: string): name is ColumnName => Object.hasOwn(COLUMNS, name);
