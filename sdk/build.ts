/** Builds the published package: JavaScript and types for `import` (dist/esm) and for `require` (dist/cjs). */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generateCatalog } from "./generate.ts";

const sdkFolder = import.meta.dirname;
const compiler = join(sdkFolder, "../node_modules/typescript/bin/tsc");

/** Compiles into `outFolder`, which is emptied first. Throws when src/catalog.ts is out of date, or does not compile. */
export function build(outFolder: string): void {
  if (readFileSync(join(sdkFolder, "src/catalog.ts"), "utf8") !== generateCatalog()) {
    throw new Error(
      "sdk/src/catalog.ts does not match the catalogue. Run `npm run generate -w sdk` and commit the file.",
    );
  }
  rmSync(outFolder, { recursive: true, force: true });
  for (const { project, folder, type } of [
    { project: "tsconfig.esm.json", folder: "esm", type: "module" },
    { project: "tsconfig.cjs.json", folder: "cjs", type: "commonjs" },
  ]) {
    const outDir = join(outFolder, folder);
    const options = ["-p", join(sdkFolder, project), "--outDir", outDir];
    execFileSync(process.execPath, [compiler, ...options], { stdio: "inherit" });
    writeFileSync(join(outDir, "package.json"), `{ "type": "${type}" }\n`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build(join(sdkFolder, "dist"));
