import type { FastifyInstance } from 'fastify';
import { UsageError } from '../terminal/errors';
import type { RedisConnection } from './redis-connection';

/**
 * The pages of bull-board for a queue, to look at.
 *
 * @throws UsageError when bull-board is not installed, which says how to
 */
export async function dashboardOf({ queue }: RedisConnection): Promise<FastifyInstance> {
  const [{ createBullBoard }, { BullMQAdapter }, { FastifyAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
    import('@bull-board/fastify'),
  ]).catch(cause => {
    throw new UsageError(
      'the dashboard needs @bull-board/api and @bull-board/fastify: npm install @bull-board/api @bull-board/fastify',
      {
        cause,
      },
    );
  });
  const { fastify } = await import('fastify');
  const server = fastify();
  const pages = new FastifyAdapter();
  createBullBoard({
    queues: [new BullMQAdapter(queue, { readOnlyMode: true })],
    serverAdapter: pages,
    options: { uiConfig: { boardTitle: 'capsnet' } },
  });
  await server.register(pages.registerPlugin());
  return server;
}
