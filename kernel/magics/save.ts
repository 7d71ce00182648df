import { extname, resolve } from "node:path";

import { magic } from "./magic.js";
import { required, text } from "./parameters.js";
import { currentStudy, library } from "./workspace.js";

/** `%save`: the study as a folder, or its answers as Parquet. */
export const save = magic({
  name: "save",
  kind: "line",
  summary: "Copies the study into a new folder, or writes its answers, the columns of %results, as a Parquet file",
  positional: {
    path: required(text("a folder that is not there yet, or empty; or a file FILE.parquet", { shape: "DIR|FILE.parquet" })),
  },
  options: {},
  examples: ["%save studies/for-a-colleague", "%save answers.parquet"],
  result: "void",
  load:
    () =>
    async ({ path }, { session, display }) => {
      const { copyStudy, saveParquet } = await library();
      const study = await currentStudy(session);
      const target = resolve(path);
      const said =
        extname(target).toLowerCase() === ".parquet"
          ? `${await saveParquet(study, target)} answers written to ${path}`
          : `the study ${study.folder} copied to ${path}: ${await copyStudy(study, target)} files of records`;
      display({ "text/plain": said }, { raw: true });
    },
});
