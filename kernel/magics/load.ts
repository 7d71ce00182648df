import { resolve } from "node:path";

import { InputError } from "../../lib/core/errors.js";
import { magic } from "./magic.js";
import { required, text } from "./parameters.js";
import { library } from "./workspace.js";

/** `%load`: goes on with another study. */
export const load = magic({
  name: "load",
  kind: "line",
  summary: "Goes on with the study in another folder: tables come from it, and new answers go there",
  positional: { folder: required(text("the folder of a study", { shape: "DIR" })) },
  options: {},
  examples: ["%load studies/first-look"],
  result: "void",
  load:
    () =>
    async ({ folder }, { session, display }) => {
      const { isStudy, openStudy } = await library();
      const target = resolve(folder);
      if (!(await isStudy(target)))
        throw new InputError({ where: folder, found: "no study.json", expected: "the folder of a study" });
      if (session.study?.folder !== target) {
        const next = await openStudy(target); // the old one stays open if this is refused
        await session.study?.close();
        session.study = next;
      }
      const names = Object.values(session.study.manifest().variants).map(({ title }) => title);
      display({ "text/plain": `${folder}: ${names.length} variants: ${names.join(", ")}` }, { raw: true });
    },
});
