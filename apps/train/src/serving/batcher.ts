import { CapsnetError } from '@capsnet/checks';

/** More is waiting already than will be answered soon. */
export class QueueFull extends CapsnetError {
  override readonly name = 'QueueFull';

  constructor(waiting: number) {
    super(
      'unavailable',
      `expected fewer images at once: ${waiting} are waiting already; ask again in a second`,
    );
  }
}

export interface BatcherOptions {
  /** Items in a batch at most. */
  readonly largest: number;
  /** How long the first item of a batch waits for others, in milliseconds. */
  readonly wait: number;
  /** How many items may wait; others are refused. */
  readonly queue: number;
}

/** An item that waits, and whom to tell. */
interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: unknown) => void;
}

/**
 * Answers items in batches, one batch at a time: as soon as a batch is full, or its first item has waited long enough. What comes
 * while a batch is computed makes up the next ones.
 */
export class Batcher<Item, Answer> {
  readonly #run: (items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly #options: BatcherOptions;
  readonly #waiting: Waiting<Item, Answer>[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;
  #isHurrying = false;

  /** @param run gives an answer for each item, in their order */
  constructor(run: (items: readonly Item[]) => Promise<readonly Answer[]>, options: BatcherOptions) {
    this.#run = run;
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Puts items into the queue, all of them or none.
   *
   * @throws QueueFull when they are too many for it
   */
  submit(items: readonly Item[]): Promise<Answer[]> {
    if (this.#waiting.length + items.length > this.#options.queue) throw new QueueFull(this.#waiting.length);
    const answers = items.map(
      item => new Promise<Answer>((resolve, reject) => this.#waiting.push({ item, resolve, reject })),
    );
    this.#schedule();
    return Promise.all(answers);
  }

  /** From now on no item waits for others. */
  hurry(): void {
    this.#isHurrying = true;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isRunning || this.#waiting.length === 0) return;
    if (this.#isHurrying || this.#waiting.length >= this.#options.largest) void this.#answerNext();
    else this.#timer ??= setTimeout(() => void this.#answerNext(), this.#options.wait);
  }

  async #answerNext(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isRunning = true;
    const batch = this.#waiting.splice(0, this.#options.largest);
    try {
      const answers = await this.#run(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index]!);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
    this.#isRunning = false;
    this.#schedule();
  }
}
