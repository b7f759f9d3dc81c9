import { UsageError } from '../terminal/errors';
import { printableName } from '../terminal/printable';

/** @throws UsageError unless the variable is a whole number */
export function environmentNumber(name: string, environment: NodeJS.ProcessEnv): number {
  const text = environment[name];
  if (text !== undefined && /^\d+$/.test(text)) return Number(text);
  throw new UsageError(
    `${name}: expected a whole number, found ${text === undefined ? 'none' : printableName(text)}`,
  );
}
