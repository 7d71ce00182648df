import { availableParallelism } from "node:os";

import { InputError } from "../../lib/core/errors.js";
import type { Judge, Model, Responder, Study, Task, Variant } from "../../lib/index.js";
import { studyFolder } from "../study-folder.js";
import type { MagicContext } from "./context.js";
import type { Session } from "./session.js";

/** The library, loaded when a magic first needs it. */
export const library = () => import("../../lib/index.js");

/** The session's model. @throws InputError that says how to load one */
export function currentModel({ model }: Session): Model {
  if (model !== undefined) return model;
  throw new InputError({ where: "this notebook", found: "no model", expected: "one", remedy: "run %model smollm2 first" });
}

/** The session's study, opened on first use. @throws InputError if another process has it open */
export async function currentStudy(session: Session): Promise<Study> {
  if (session.study !== undefined) return session.study;
  const { openStudy } = await library();
  session.study = await openStudy(studyFolder());
  await session.study.update({ threads: availableParallelism(), versions: { node: process.versions.node } });
  return session.study;
}

/** The variants of those names, all if none is named. @throws InputError naming the nearest */
export async function chosenVariants(session: Session, names: readonly string[] | undefined): Promise<Variant[]> {
  currentModel(session);
  const { unknownName } = await library();
  if (names === undefined) return [...session.variants.values()];
  return names.map((name) => {
    const variant = [...session.variants.values()].find((one) => [one.name, one.title, one.id].includes(name));
    if (variant === undefined) throw unknownName("variant", [...session.variants.keys()], name);
    return variant;
  });
}

/** Answers for a variant, from the session's engine. */
export function responders(session: Session, { signal }: MagicContext): (variant: Variant) => Promise<Responder> {
  return async (variant) => {
    const { Engine } = await library();
    session.engine ??= await Engine.open(variant, signal);
    const responder = session.engine.responder(variant.weights);
    await session.study?.update({ backend: responder.backend });
    return responder;
  };
}

/** The judge of that name. @throws InputError as `openJudge` does, naming the nearest */
export async function chosenJudge(name: string | undefined, { signal }: MagicContext): Promise<Judge> {
  const { openJudge } = await library();
  return openJudge(name ?? "lexicon", { signal });
}

/** Runs a task to its end, its progress on the cell's live line. */
export async function follow<Result>(task: Task<Result>, { live }: MagicContext): Promise<Result> {
  for (;;) {
    const step = await task.next();
    if (step.done) return step.value;
    live.update({ ...step.value, memory: 1024 * process.resourceUsage().maxRSS });
  }
}
