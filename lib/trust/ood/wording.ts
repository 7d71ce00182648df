/** The published text of the fifth choice. */
export const IDK = "I don't know";

/** A multiple-choice question as DecodingTrust writes it. */
export const questionText = (question: string): string => `Question: ${question}`;

/** Its choices as DecodingTrust writes them, one a line, each with the blanks that stand there. */
export const choicesText = (choices: readonly string[]): string =>
  choices.map((choice, digit) => `${digit} : ${choice} \n`).join("");
