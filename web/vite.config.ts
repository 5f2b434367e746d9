import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

/**
 * One script and one style sheet, the same bytes from the same sources, into the Python package:
 * `page` for the live page, and in the mode `report` a smaller one for reports, `report`.
 */
export default defineConfig(({ mode }) => {
  const [name, input] = mode === "report" ? ["report", "src/report/main.ts"] : ["page", "src/main.ts"];
  return {
    plugins: [svelte()],
    base: "./",
    build: {
      outDir: "../src/standoff/report/page",
      emptyOutDir: false,
      assetsDir: ".",
      target: "es2022",
      // So that `light-dark()` stays as it is and follows the scheme that a reader chooses.
      cssTarget: ["chrome123", "firefox128", "safari17.5"],
      cssCodeSplit: false,
      modulePreload: false,
      sourcemap: false,
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1000,
      rollupOptions: {
        input,
        output: {
          format: "iife",
          entryFileNames: `${name}.js`,
          assetFileNames: `${name}[extname]`,
          codeSplitting: false,
        },
      },
    },
    test: { include: ["src/**/*.test.ts"], environment: "node" },
  };
});
