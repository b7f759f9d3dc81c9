import { startTraining, type TrainingRequest } from '../../training/start-training';
import { drawLivePictures, removeLivePictures } from '../../watching/live-pictures';
import { openWatchServer } from '../../watching/watch-server';

/**
 * Trains, and shows the run meanwhile on a page, which is closed with the training.
 *
 * @param port as of `openWatchServer`
 * @returns the exit code, as `startTraining`
 * @throws UsageError when the port is taken; nothing has been written then
 */
export async function trainWatched(request: TrainingRequest, port: number | undefined): Promise<number> {
  const { run, joined, output } = request;
  if (joined && joined.workers.rank > 0) {
    output.print(`the page is at worker 0, ${joined.workers.hosts[0]}, which has the run`);
    return startTraining(request);
  }
  const server = await openWatchServer(run, port);
  output.print(`watch it at ${server.url}`);
  output.emit({ type: 'watching', run: run.path, url: server.url });
  try {
    const code = await startTraining({
      ...request,
      onValidation: (net, job) => drawLivePictures(run, net, job),
    });
    if (code === 0) await removeLivePictures(run);
    return code;
  } finally {
    await server.close();
  }
}
