import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["test/mutation/units.ts"], testTimeout: 10_000 } });
