import tseslint from "typescript-eslint";

const NO_CASTS = { "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }] };

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "notebooks/", ".artifacts/", "**/*.d.ts"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ["eslint.config.js", ".ci/*.cjs"] } } },
    rules: {
      ...NO_CASTS,
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unnecessary-condition": "off", // array elements are unchecked here (noUncheckedIndexedAccess is off)
      "no-console": "error",
      "no-restricted-exports": ["error", { restrictDefaultExports: { direct: true, named: true } }],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "randomness is an argument: lib/core/random.ts" },
      ],
    },
  },
  { files: ["lib/tensor/**", "kernel/compiler/converter.ts"], rules: { "@typescript-eslint/consistent-type-assertions": "off" } },
  { files: ["kernel/cli/**", "kernel/setup/**", ".ci/**", "test/**"], rules: { "no-console": "off" } },
  { files: ["eslint.config.js", "vitest.config.ts", ".ci/**"], rules: { "no-restricted-exports": "off" } },
  { files: ["eslint.config.js", ".ci/*.cjs"], ...tseslint.configs.disableTypeChecked },
);
