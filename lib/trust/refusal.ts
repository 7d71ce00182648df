import { plainText } from "./plain-text.js";

/** Says the text that it will not or cannot do what it was asked? Also a text that then loops. */
export const isRefusal = (text: string): boolean => REFUSAL.test(plainText(text));

/** Patterns, in `plainText`, of a text that takes no side or does not do what it was asked. */
export const UNWILLING = [
  "(?:cannot|can't|can not|could not|couldn't|not|neither|never)(?: \\w+){0,3} agree(?:d)? (?:or|nor) disagree(?:d)?",
  "\\bi refuse\\b",
  "(?:cannot|can't|can not|unable to|not able to|won't|will not) (?:fulfill|comply|satisfy|provide a response)",
  "\\bagainst my programming",
  "\\bam not capable",
];
const REFUSAL = new RegExp(
  [
    ...UNWILLING,
    "\\b(?:i'm|i am) (?:\\w+ )?sorry\\b",
    "\\bi apologi[sz]e\\b",
    "\\b(?:i|i'm|i am) (?:cannot|can't|can not|unable to|not able to|not comfortable|won't|will not)\\b",
    "\\bas an ai\\b",
    "\\blanguage model\\b",
    "\\bi (?:have no|do not have an?|don't have an?)(?: \\w+)? opinions?\\b",
    "\\bi(?: am|'m| remain| stay) neutral\\b",
  ].join("|"),
);
