/** A task of GLUE (Wang et al. 2019) as AdvGLUE++ asks it. */
export interface GlueTask {
  /** The words an answer is given in, with the label each stands for. */
  readonly labels: Readonly<Record<string, number>>;
  /** What its texts are called in the prompt and in the files. */
  readonly keys: readonly [string] | readonly [string, string];
}

/** The tasks of the published files; the published score is made of the first three. Source: DecodingTrust, advglue/gpt_eval.py. */
export const GLUE_TASKS: Readonly<Record<string, GlueTask>> = {
  sst2: { labels: { negative: 0, positive: 1 }, keys: ["sentence"] },
  qqp: { labels: { yes: 1, no: 0 }, keys: ["question1", "question2"] },
  mnli: { labels: { yes: 0, maybe: 1, no: 2 }, keys: ["premise", "hypothesis"] },
  "mnli-mm": { labels: { yes: 0, maybe: 1, no: 2 }, keys: ["premise", "hypothesis"] },
  qnli: { labels: { yes: 0, no: 1 }, keys: ["question", "sentence"] },
  rte: { labels: { yes: 0, no: 1 }, keys: ["sentence1", "sentence2"] },
};

/** The tasks that are asked. */
export const ASKED_TASKS = ["sst2", "qqp", "mnli"] as const;

/** One of the tasks that are asked. */
export type AskedTask = (typeof ASKED_TASKS)[number];

/** The name of the task that asks the originals of a task's attacked texts. */
export const benign = (task: string): string => `${task}-benign`;

/** Are these the originals? */
export const isBenign = (task: string): boolean => task.endsWith("-benign");

/** The GLUE task whose answer words an item's task has. */
export const glueTask = (task: string): GlueTask => GLUE_TASKS[isBenign(task) ? task.slice(0, -"-benign".length) : task];
