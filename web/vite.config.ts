import { svelte } from "@sveltejs/vite-plugin-svelte";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

interface Atlas {
  transform: object;
  arcs: number[][][];
  objects: {
    countries: {
      geometries: { type: string; arcs: number[][] | number[][][]; properties: { name: string } }[];
    };
  };
}

/**
 * Outlines of countries for the map, as `standoff.report.document.outlines` reads them: all rings of
 * a country in one list. Natural Earth at 1:50 million, which is in the public domain.
 */
function countries(): Plugin {
  return {
    name: "countries",
    async generateBundle() {
      const found = await this.resolve("world-atlas/countries-50m.json");
      if (!found) this.error("world-atlas is not installed: npm ci");
      const text = await this.fs.readFile(found.id, { encoding: "utf8" });
      const { transform, arcs, objects } = JSON.parse(text) as Atlas;
      const shapes = objects.countries.geometries.map((one) => ({
        name: one.properties.name,
        rings: one.type === "Polygon" ? one.arcs : one.arcs.flat(),
      }));
      const source = `${JSON.stringify({ transform, countries: shapes, arcs })}\n`;
      this.emitFile({ type: "asset", fileName: "countries.json", source });
    },
  };
}

/** By the mode of a build, what the page is called, and where it begins; any other is the live page. */
const PAGES: Record<string, [string, string]> = {
  report: ["report", "src/report/main.ts"],
  ruling: ["ruling", "src/ruling/main.ts"],
};

/**
 * One script and one style sheet, the same bytes from the same sources, into the Python package:
 * `page` for the live page, and smaller ones in the mode `report` for reports and pictures, and in
 * the mode `ruling`, which draws no charts, for rulings.
 */
export default defineConfig(({ mode }) => {
  const [name, input] = PAGES[mode] ?? ["page", "src/main.ts"];
  return {
    plugins: [svelte(), countries()],
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
