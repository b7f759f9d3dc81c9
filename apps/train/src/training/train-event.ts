import type { TrainEvent } from '@capsnet/trainer';

export type EventOf<Type extends TrainEvent['type']> = Extract<TrainEvent, { type: Type }>;
