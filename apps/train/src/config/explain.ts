import { configurationKeys } from '@capsnet/core/configuration';
import { runSchema } from './schema';

/** Every key of the configuration with its default, its type and what it means, as `--set` takes it. */
export function explainConfiguration(): string {
  return configurationKeys(runSchema)
    .map(({ path, type, byDefault, meaning, only }) => {
      const value =
        byDefault === undefined
          ? ''
          : `=${typeof byDefault === 'string' ? byDefault : JSON.stringify(byDefault)}`;
      return `  ${path}${value}\n      ${type}${only ? `, of ${only}` : ''}. ${meaning}`;
    })
    .join('\n');
}
