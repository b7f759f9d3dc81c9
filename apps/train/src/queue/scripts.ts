import type { Redis } from 'ioredis';

/**
 * What a worker writes about a training is written by scripts, which Redis runs as one step each: they look first whether the worker still has
 * the training, by the token that it was given with it. Who has lost it changes nothing, however late the write arrives.
 */
export interface Scripts {
  /**
   * Notes that a host begins.
   *
   * @returns how often one has begun since the last checkpoint, this time included; 0 for who has not got the training
   */
  capsnetBegin(lock: string, training: string, token: string, host: string): Promise<number>;
  /** @returns 1, or 0 for who has not got the training */
  capsnetTell(
    lock: string,
    job: string,
    logs: string,
    token: string,
    progress: string,
    ...lines: string[]
  ): Promise<number>;
  /**
   * Keeps a packed run in place of the one before.
   *
   * @returns 1, or 0 for who has not got the training
   */
  capsnetKeep(
    lock: string,
    run: string,
    training: string,
    token: string,
    seconds: number,
    bytes: Buffer,
  ): Promise<number>;
}

const own = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end`;

const begin = `${own}
local hosts = redis.call('HGET', KEYS[2], 'hosts')
hosts = hosts and cjson.decode(hosts) or {}
if hosts[#hosts] ~= ARGV[2] then hosts[#hosts + 1] = ARGV[2] end
redis.call('HSET', KEYS[2], 'hosts', cjson.encode(hosts))
redis.call('EXPIRE', KEYS[2], 2592000)
return redis.call('HINCRBY', KEYS[2], 'starts', 1)`;

const tell = `${own}
if ARGV[2] ~= '' then redis.call('HSET', KEYS[2], 'progress', ARGV[2]) end
for i = 3, #ARGV do redis.call('RPUSH', KEYS[3], ARGV[i]) end
redis.call('LTRIM', KEYS[3], -1000, -1)
return 1`;

const keep = `${own}
redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[2])
redis.call('HSET', KEYS[3], 'starts', 0)
return 1`;

export function addScripts(client: Redis): Redis & Scripts {
  client.defineCommand('capsnetBegin', { numberOfKeys: 2, lua: begin });
  client.defineCommand('capsnetTell', { numberOfKeys: 3, lua: tell });
  client.defineCommand('capsnetKeep', { numberOfKeys: 3, lua: keep });
  return client as Redis & Scripts;
}

/** What Redis holds of a job. */
export interface JobKeys {
  /** Of BullMQ: the token of who has it, the job, and its log. */
  readonly lock: string;
  readonly job: string;
  readonly logs: string;
  /** Ours: the packed run, and the hosts and number of starts. */
  readonly run: string;
  readonly training: string;
}

export function keysOf(queue: { toKey(type: string): string }, id: string): JobKeys {
  const job = queue.toKey(id);
  return {
    lock: `${job}:lock`,
    job,
    logs: `${job}:logs`,
    run: `${job}:run`,
    training: `${job}:training`,
  };
}
