import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { configurationPage } from './configuration-page';

const page = fileURLToPath(new URL('../../docs/pages/reference/configuration.md', import.meta.url));

// To write it anew: npx vitest run test/configuration-page.test.ts --update
it("the tutorial's page of the configuration is what the schema says", async () => {
  await expect(configurationPage()).toMatchFileSnapshot(page);
});
