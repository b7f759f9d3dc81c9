import type { Checkpoint } from '../checkpoints/checkpoint';
import { differenceLines } from '../checkpoints/wrong-fingerprint';
import type { NamedTensors, Optimizer, Trainable } from '../interfaces';
import { adam } from '../optimizers/adam';
import { type MovingAverage, movingAverage } from '../weights/moving-average';
import { assignWeights, differingWeights } from '../weights/weights';
import { type OuterStep, outerStep } from '../workers/outer-step';
import type { TrainOptions } from './train-options';

type Variables = Trainable<never>['variables'];

/** What training changes: the variables, the optimiser's state and, where one is kept, the moving average. */
export class Learner {
  readonly variables: Variables;
  /** Those that the optimiser updates. */
  readonly trained: Variables;
  /** The others. */
  readonly untrained: Variables;
  readonly optimizer: Optimizer;
  readonly average: MovingAverage | undefined;
  /** Of one of several workers that take steps apart. */
  readonly outer: OuterStep | undefined;

  constructor(
    variables: Variables,
    {
      optimizer = adam,
      averageDecay,
      localSteps = 1,
    }: Pick<TrainOptions<never>, 'optimizer' | 'averageDecay' | 'localSteps'>,
  ) {
    this.variables = variables;
    this.trained = Object.fromEntries(Object.entries(variables).filter(([, variable]) => variable.trainable));
    this.untrained = Object.fromEntries(
      Object.entries(variables).filter(([, variable]) => !variable.trainable),
    );
    this.optimizer = optimizer(this.trained);
    this.average = averageDecay === undefined ? undefined : movingAverage(this.trained, averageDecay);
    this.outer = localSteps > 1 ? outerStep(this.trained) : undefined;
  }

  /** The weights that are validated, tested and kept: the average where there is one. Not copies. */
  get result(): NamedTensors {
    return { ...this.variables, ...this.average?.tensors() };
  }

  /** Runs with the average, where there is one, in place of the variables' values. */
  withResult<T>(run: () => Promise<T>): Promise<T> {
    return this.average ? this.average.during(run) : run();
  }

  /** Gives the variables these values. */
  assign(weights: NamedTensors): void {
    assignWeights(this.variables, weights);
  }

  /** The tensors of a checkpoint. Those of the optimiser are copies for the caller to dispose of. */
  tensors(): Omit<Checkpoint, 'state'> {
    return {
      weights: { ...this.variables },
      optimizer: { ...this.optimizer.state(), ...this.outer?.state() },
      average: this.average?.tensors() ?? null,
    };
  }

  /** What keeps a checkpoint from being one of this learner, a line each. */
  differencesFrom({ weights, average }: Checkpoint): string[] {
    return [
      ...differenceLines(average !== null, this.average !== undefined, 'moving average'),
      ...differingWeights(this.variables, weights),
      ...(this.average && average ? differingWeights(this.trained, average) : []),
    ];
  }

  /** @throws if the optimiser refuses its state; nothing has changed then */
  restore({ weights, optimizer, average }: Checkpoint): void {
    this.optimizer.restore(optimizer);
    assignWeights(this.variables, weights);
    if (average) this.average?.restore(average);
    this.outer?.restore(optimizer);
  }

  dispose(): void {
    this.optimizer.dispose();
    this.average?.dispose();
    this.outer?.dispose();
  }
}
