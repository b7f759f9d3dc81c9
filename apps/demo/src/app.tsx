import { BackendPanel } from './backend-panel';
import { DrawPanel } from './draw-panel';
import { PageHeader } from './page-header';
import { PairPanel } from './pair-panel';
import { PerturbPanel } from './perturb-panel';
import { RoutingPanel } from './routing-panel';
import { TrainPanel } from './train-panel';

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
