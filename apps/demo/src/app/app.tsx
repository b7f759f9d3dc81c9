import { BackendPanel } from '../backends/backend-panel';
import { DrawPanel } from '../classifying/draw-panel';
import { PairPanel } from '../pairs/pair-panel';
import { PerturbPanel } from '../perturbing/perturb-panel';
import { RoutingPanel } from '../routing/routing-panel';
import { TrainPanel } from '../training/train-panel';
import { PageHeader } from './page-header';

export function App() {
  return (
    <>
      <PageHeader />
      <main>
        <DrawPanel />
        <PerturbPanel />
        <RoutingPanel />
        <PairPanel />
        <TrainPanel />
        <BackendPanel />
      </main>
    </>
  );
}
