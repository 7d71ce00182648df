import { checklist } from "../checklist.js";
import type { Question } from "./question.js";

/** The paper's recommendations, as a checklist for the figures at hand. */
export const tricks: Question = {
  name: "tricks",
  asks: 'Is the "bag of tricks" followed?',
  columns: ["figures", "recommendation", "outcome", "numbers"],
  answer: (asked) => {
    const answers = (["published", "ours"] as const).map((figures) => {
      const sheets = asked.filter((one) => one.figures === figures).map(({ sheet }) => sheet);
      return { figures, tricks: sheets.length === 0 ? [] : checklist(sheets) };
    });
    return {
      rows: answers.flatMap(({ figures, tricks: ofFigures }) =>
        ofFigures.map(({ recommendation, state, numbers }) => ({ figures, recommendation, outcome: state, numbers })),
      ),
      sentences: answers
        .filter(({ tricks: ofFigures }) => ofFigures.length > 0)
        .map(({ figures, tricks: ofFigures }) => {
          const count = (wanted: string): number => ofFigures.filter(({ state }) => state === wanted).length;
          return `${figures}: of ${ofFigures.length} recommendations ${count("done")} are done, ${count("not done")} are not, ${count("cannot be told")} cannot be told.`;
        }),
    };
  },
};
