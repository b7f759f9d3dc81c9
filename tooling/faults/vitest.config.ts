import { testInNode } from '@capsnet/testing/vitest';
import { mergeConfig } from 'vitest/config';
import { resultsReporter } from './src/results-reporter';

const save = process.env.CAPSNET_FAULTS_SAVE === 'yes';
const reporters = process.env.CAPSNET_FAULTS === 'full' ? [resultsReporter({ save })] : [];

// Most faults are of a process that trains, again and again.
export default mergeConfig(testInNode(), {
  test: { testTimeout: 3_600_000, hookTimeout: 300_000, reporters },
});
