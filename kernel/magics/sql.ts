import { InputError } from "../../lib/core/errors.js";
import { magic } from "./magic.js";
import { currentStudy, library } from "./workspace.js";

/** `%sql`: a query over the study's answers, scores and variants. */
export const sql = magic({
  name: "sql",
  kind: "text",
  summary: "Asks the study's answers, scores and variants in SQL; the result is an Arquero table",
  positional: {},
  options: {},
  examples: [
    "%sql SELECT variant, state, count(*) AS n FROM answers GROUP BY ALL",
    "const low = %sql SELECT * FROM scores WHERE score < {50}  // values in braces are handed over as values",
    "%%sql  // and below it a statement over several lines",
  ],
  result: "ColumnTable",
  load:
    () =>
    async (_given, { session, text, values, signal }) => {
      if (text === "") throw new InputError({ where: "%sql", found: "nothing", expected: "a statement, SELECT … FROM answers" });
      const { queryStudy } = await library();
      return queryStudy(await currentStudy(session), text, { values: values.map(sqlValue), signal });
    },
});

function sqlValue(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw new InputError({ where: "%sql", found: `a value of type ${typeof value}`, expected: "a text, a number, a flag or null" });
}
