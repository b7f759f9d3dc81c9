import { nativeCommand } from './native-command';

await nativeCommand().parseAsync();
