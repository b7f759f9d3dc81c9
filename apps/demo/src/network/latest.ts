/** Does one piece of work at a time. Of what is asked for meanwhile, only the newest is done next. */
export function latest<T>(work: (value: T) => Promise<void>): (value: T) => void {
  let busy = false;
  let waiting: { readonly value: T } | null = null;

  async function run(value: T) {
    busy = true;
    try {
      await work(value);
    } finally {
      busy = false;
      const next = waiting;
      waiting = null;
      if (next) void run(next.value);
    }
  }

  return value => {
    if (busy) waiting = { value };
    else void run(value);
  };
}
