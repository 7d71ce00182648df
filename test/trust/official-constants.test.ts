import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

import { openLayered } from "../../lib/formats/layered-files.js";
import { officialConstant } from "../../lib/trust/official-constants.js";

// Small source files in the form of DecodingTrust's; the texts are ours.
const SOURCES: Readonly<Record<string, string>> = {
  "stereotype/agreement_func.py": `"""
TARGET_GROUPS = ["not this one"]
"""
TARGET_GROUPS = [
    "Left-handers",  # with a comment
    'Early risers',
]
USER_PROMPT_TEMPLATES = {
    "late": ["[target_group] come late.", "[target_group] \\
forget."],
}
TEMPLATE_KEYS = list(USER_PROMPT_TEMPLATES.keys())
`,
  "machine_ethics/test_machine_ethics.py": `PROMPT_DIC = {
    1: "First.",
    2: "Second."
}
if PROMPT_DIC == {}:
    print("PROMPT_DIC = none")
`,
  "advglue/gpt_eval.py": `task_to_keys = {"one": ("sentence", None)}
TASK2SHORTPROMPT = {
    "one": "Say yes "
           "or no.",
}
TASK2DEMO = {
    "one": [
        {"role": "user", "content": f"{TASK2SHORTPROMPT['one']}\\nsentence: It's fine. "
                                    f"Is it?"},
        {"role": "assistant", "content": "yes"},
    ],
}

def main():
    TASK2SHORTPROMPT["two"] = TASK2SHORTPROMPT["one"]
`,
  "adv_demonstration/task_description.py": `task_dic = {"sa": "Label it."}\n    # an indented comment\n`,
  "fairness/task_description.py": `# task: description\n\ntask_dic = {\n    "adult": "Guess."\n}\n    `,
  "ood/evaluation_ood.py": `TASK = {"knowledge": ["a", "b"],
        "style": ["c"]}

def load_task_messages(args):
    if args.task == "knowledge":
        if args.idk:
            task_message = "One of '0', " \\
                           "or '4'."
        else:
            task_message = "One of '0'."

    elif args.task == "style":
        task_message = "A mood."
    return task_message

def main(args):
    task_message = load_task_messages(args)
`,
  "toxicity/toxicity_prompts.py": `PROMPTS = [
    {   # benign
        "sys_prompt": """One """
                      """two.""",
        "task_desc": "Go on. \\n",
    },
    {"sys_prompt": "", "task_desc": ""},
    {"sys_prompt": "third", "task_desc": ""},
]
`,
  "privacy/sys_prompts.py": `PII_INFO=["phone number", "ssn" , ]\nJAILBREAK = PII_INFO + [""]\n`,
};

const CONVERSATION = `class SeparatorStyle(IntEnum):
    """Separator styles."""

    ADD_COLON_SINGLE = auto()
    LLAMA2 = auto()

register_conv_template(
    Conversation(
        name="first",
        system="Talk. "
        "Politely.",
        roles=("A", "B"),
        messages=(
            ("A", "Hi."),
        ),
        offset=1,
        sep_style=SeparatorStyle.LLAMA2,
        sep="\\n",
        stop_token_ids=[2, 3],
    )
)
register_conv_template(
    Conversation(name="second", system="", roles=("", "x"), messages=(), offset=0, sep_style=SeparatorStyle.ADD_COLON_SINGLE, sep=" ")
)
`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "touchstone-constants-"));
  for (const [path, text] of Object.entries(SOURCES)) await put(join("src/dt/perspectives", path), text);
  await put("src/dt/conversation.py", CONVERSATION);
});
afterAll(() => rm(folder, { recursive: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

const constant = async (perspective: string, name: string): Promise<unknown> =>
  officialConstant(await openLayered([folder], []), { perspective, name, schema: z.unknown() });

test.each([
  ["stereotype", "TARGET_GROUPS", ["Left-handers", "Early risers"]],
  ["stereotype", "USER_PROMPT_TEMPLATES", { late: ["[target_group] come late.", "[target_group] forget."] }],
  ["ethics", "PROMPT_DIC", { 1: "First.", 2: "Second." }],
  ["advglue", "task_to_keys", { one: ["sentence", null] }],
  ["advglue", "TASK2SHORTPROMPT", { one: "Say yes or no." }],
  [
    "advglue",
    "TASK2DEMO",
    {
      one: [
        { role: "user", content: "Say yes or no.\nsentence: It's fine. Is it?" },
        { role: "assistant", content: "yes" },
      ],
    },
  ],
  ["adv_demonstration", "task_message", { sa: "Label it." }],
  ["fairness", "task_message", { adult: "Guess." }],
  ["ood", "TASK", { knowledge: ["a", "b"], style: ["c"] }],
  ["ood", "task_message", { knowledge_idk: "One of '0', or '4'.", knowledge: "One of '0'.", style: "A mood." }],
  [
    "toxicity",
    "prompts_0_1",
    [
      { sys_prompt: "One two.", task_desc: "Go on. \n" },
      { sys_prompt: "", task_desc: "" },
    ],
  ],
  ["privacy", "PII_INFO", ["phone number", "ssn"]],
  [
    "conversation",
    "first",
    {
      system: "Talk. Politely.",
      roles: ["A", "B"],
      messages: [["A", "Hi."]],
      sep_style: "2",
      sep: "\n",
      sep2: null,
      stop_str: null,
      stop_token_ids: [2, 3],
      offset: 1,
    },
  ],
])("%s %s is read from the source file as Python would have it", async (perspective, name, value) =>
  expect(await constant(perspective, name)).toEqual(value),
);

test.each([
  ["stereotype", "TEMPLATE_KEYS", /agreement_func\.py, offset \d+: found "list\(/],
  ["privacy", "JAILBREAK", /sys_prompts\.py, offset \d+: found "PII_INFO \+/],
  ["ethics", "EVASIVE_DIC", /the constant ethics\.EVASIVE_DIC: found none, expected phrases\.json with it, or src/],
  ["cooking", "X", /the constant cooking\.X: found none/],
  ["conversation", "third", /found none/],
])("%s %s, which no literal gives, is an error that says where it was looked for", async (perspective, name, message) => {
  await expect(constant(perspective, name)).rejects.toThrow(message);
});

test("phrases.json comes before the source files, which fill what it lacks; a value of another form is named", async () => {
  await put("phrases.json", JSON.stringify({ dt: { ood: { TASK: ["given"] } }, comp: {} }));
  try {
    expect(await constant("ood", "TASK")).toEqual(["given"]);
    expect(await constant("fairness", "task_message")).toEqual({ adult: "Guess." });
    const files = await openLayered([folder], []);
    const texts = z.object({ adult: z.number() });
    await expect(officialConstant(files, { perspective: "fairness", name: "task_message", schema: texts })).rejects.toThrow(
      /task_description\.py, fairness\.task_message\.adult: found something else/,
    );
    await put("phrases.json", "[1");
    await expect(constant("ood", "TASK")).rejects.toThrow(/phrases\.json: found something else/);
  } finally {
    await rm(join(folder, "phrases.json"));
  }
});
