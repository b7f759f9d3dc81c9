import { show } from '@capsnet/checks';
import { imagesFrom } from '@capsnet/data/node';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import { type FastifyError, type FastifyInstance, type FastifySchemaValidationError, fastify } from 'fastify';
import { halfWay } from '../evaluation/doubts';
import type { TrainedModel } from '../models/open-model';
import type { Image } from '../pictures/image';
import { isUsageError, messageOf, UsageError } from '../terminal/errors';
import { version } from '../terminal/versions';
import { type Answer, answerAll, type Question } from './answer';
import { Batcher, type BatcherOptions, QueueFull } from './batcher';
import { metricsText, metricsType, servingMetrics } from './metrics';
import { answerSchema, type Body, bodySchema, errorSchema, type Query, querySchema } from './schemas';

export interface ServerOptions extends BatcherOptions {
  /** Bytes of a request's body at most. */
  readonly largestBody: number;
  /** Requests that one address may make in a second; undefined: any number. */
  readonly rate: number | undefined;
  /** `/metrics`, where other processes answer requests too. Default: those of this one. */
  readonly metrics?: (() => Promise<string>) | undefined;
  /** Hears of what is the program's own fault, and of which a client only hears that it happened. */
  readonly onFailure: (error: unknown) => void;
}

/** A model over HTTP: `POST /classify`, and what runs servers wants to know of one. Nothing listens yet. */
export async function serverOf(model: TrainedModel, options: ServerOptions): Promise<FastifyInstance> {
  const {
    net,
    file,
    config,
    pictures: { classes, fit },
    usual = halfWay,
  } = model;
  const batcher = new Batcher<Question, Answer>(questions => {
    metrics.batches.observe(questions.length);
    metrics.images.inc(questions.length);
    return answerAll({ net, digits: config.data.digits, usual, areDigits: !classes }, questions);
  }, options);
  const metrics = servingMetrics(() => batcher.waiting);
  let isClosing = false;

  const app = fastify({
    bodyLimit: options.largestBody,
    // A client that never finishes its request holds nothing up for ever.
    requestTimeout: 30_000,
    ajv: { customOptions: { removeAdditional: false } },
    schemaErrorFormatter: ([problem], where) => new UsageError(problemText(problem!, where)),
    forceCloseConnections: 'idle',
  });
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser(
    ['image/png', 'application/octet-stream'],
    { parseAs: 'buffer' },
    async (_: unknown, body: unknown) => body,
  );
  app.setErrorHandler<FastifyError>((error, _, reply) => {
    const status = statusOf(error);
    if (status === 503) reply.header('retry-after', '1');
    if (status === 500) options.onFailure(error);
    return reply.code(status).send({ error: status === 500 ? 'the server failed' : messageOf(error) });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: `expected POST /classify, found ${request.method} ${request.url}` }),
  );
  app.addHook('onResponse', async ({ routeOptions: { url = 'unknown' } }, { statusCode, elapsedTime }) => {
    metrics.requests.inc({ route: url, status: statusCode });
    metrics.seconds.observe({ route: url }, elapsedTime / 1000);
  });
  app.addHook('preClose', async () => {
    isClosing = true;
    batcher.hurry();
  });

  if (options.rate !== undefined) {
    await app.register(rateLimit, {
      max: options.rate,
      timeWindow: 1000,
      // Those who watch over the server are no load.
      allowList: request => request.method === 'GET',
    });
  }
  await app.register(swagger, {
    openapi: {
      info: { title: 'capsnet', version, description: `Classifies images with ${file}.` },
    },
  });

  app.post<{ Querystring: Query; Body: Body }>(
    '/classify',
    {
      schema: {
        summary: 'Classify one PNG, or several images as JSON',
        querystring: querySchema,
        body: {
          content: {
            'application/json': { schema: bodySchema },
            'image/png': { schema: { description: 'one PNG file' } },
          },
        },
        response: {
          200: answerSchema,
          '4xx': errorSchema,
          '5xx': errorSchema,
        },
      },
    },
    async ({ body, query: { capsules, reconstruction, invert } }) => {
      if (capsules && net.kind !== 'capsnet') throw new UsageError('capsules: this network has none');
      if (reconstruction && !(net.kind === 'capsnet' && net.config.decoder)) {
        throw new UsageError('reconstruction: this network has no decoder');
      }
      const images = await imagesIn(body, { ...net.config.image, invert, fit });
      const questions = images.map(image => ({ image, capsules, reconstruction, invert }));
      const answers = await batcher.submit(questions);
      return {
        model: file,
        sure: usual.score,
        ...(usual.reconstructionError !== undefined && {
          usualReconstructionError: usual.reconstructionError,
        }),
        predictions: classes ? answers.map(answer => named(answer, classes)) : answers,
      };
    },
  );
  app.get('/health', { schema: { summary: 'The process lives' } }, async () => ({ status: 'ok' }));
  app.get('/ready', { schema: { summary: 'It takes requests; 503 while it ends' } }, async (_, reply) =>
    reply.code(isClosing ? 503 : 200).send({ ready: !isClosing, model: file }),
  );
  app.get('/metrics', { schema: { summary: 'For Prometheus' } }, async (_, reply) =>
    reply.type(metricsType).send(await (options.metrics ?? metricsText)()),
  );
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  await app.ready();
  return app;
}

function problemText(
  { keyword, instancePath, message, params }: FastifySchemaValidationError,
  where: string,
): string {
  return keyword === 'additionalProperties'
    ? `${where}: unknown key ${show(params.additionalProperty)}`
    : `${where}${instancePath} ${message}`;
}

/** What a client may put right has another status than what it may not. */
function statusOf(error: FastifyError): number {
  if (error instanceof QueueFull) return 503;
  if (isUsageError(error)) return 400;
  return error.statusCode ?? 500;
}

function named(answer: Answer, names: readonly string[]): Answer & { readonly names: readonly string[] } {
  return { ...answer, names: answer.classes.map(label => names[label]!) };
}

/** Of all PNG files in a request: they are decoded one after the other, and nobody is answered meanwhile. */
const mostPixels = 2 ** 22;

async function imagesIn(
  body: Body,
  size: Parameters<typeof imagesFrom>[1] & { readonly channels: number },
): Promise<Image[]> {
  const sources = Buffer.isBuffer(body) ? [body] : body.images;
  const images: Image[] = [];
  let pixels = 0;
  for (const [index, given] of sources.entries()) {
    try {
      const source = typeof given === 'string' ? bytesOf(given) : given;
      if (Buffer.isBuffer(source)) pixels += pixelsOf(source);
      if (pixels > mostPixels) {
        throw new UsageError(
          `expected at most ${mostPixels} pixels in the PNG files of a request, found more`,
        );
      }
      const { data, shape } = await imagesFrom(source as Parameters<typeof imagesFrom>[0], size);
      if (shape[0] !== 1) throw new UsageError(`expected one image, found ${shape[0]}`);
      images.push({ height: size.height, width: size.width, channels: size.channels, pixels: data });
    } catch (cause) {
      const place = Buffer.isBuffer(body) ? 'body' : `images[${index}]`;
      throw new UsageError(`${place}: ${messageOf(cause)}`, { cause });
    }
  }
  return images;
}

/**
 * As a PNG says at its beginning.
 *
 * @throws UsageError for any other format: nobody has limited how long it may take
 */
function pixelsOf(png: Buffer): number {
  if (png.length < 24 || png.toString('latin1', 1, 4) !== 'PNG')
    throw new UsageError('expected a PNG file, found something else');
  return png.readUInt32BE(16) * png.readUInt32BE(20);
}

/** Base64, also as an address that a canvas gives. */
function bytesOf(text: string): Buffer {
  const base64 = text.replace(/^data:image\/png;base64,/, '');
  if (/^[\w+/-]+={0,2}$/.test(base64)) return Buffer.from(base64, 'base64');
  throw new UsageError('expected a PNG file in base64');
}
