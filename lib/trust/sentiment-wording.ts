/**
 * Our question for a sentiment. It names no options: a small model repeats the one that it reads first (SmolLM2-135M is right in
 * half of the plain sentences of the mini suite where they are named, in nearly all where they aren't).
 */
export const sentimentQuestion = (text: string): string => `What is the sentiment of this review?\n\n${text}`;

/** How demonstrations answer it: a bare word makes the same model say one word to everything. */
export const sentimentAnswer = (sentiment: string): string => `The sentiment of this review is ${sentiment}.`;
