import { type RoutingSource, type SettingsOf, sizesOf } from './routing-source';

/** Procedure 1 of the paper. */
export function dynamicRoutingSource(settings: SettingsOf<'dynamic'>): RoutingSource {
  const { iterations, coupling, over, useBias } = settings;
  const axis = over === 'out' ? 2 : 1;
  const couplings =
    coupling === 'softmax'
      ? [`couplings = logits.softmax(${axis})`]
      : [
          `least, most = logits.amin(${axis}, keepdim=True), logits.amax(${axis}, keepdim=True)`,
          'even = most == least',
          'couplings = torch.where(even, 1.0, (logits - least) / torch.where(even, 1.0, most - least))',
        ];
  return {
    squash: 'paper',
    construct: connection => `DynamicRouting(${sizesOf(connection)})`,
    definition: `class DynamicRouting(nn.Module):
    def __init__(self, children, parents, child_dim, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(children, parents, child_dim, dim))${
          useBias
            ? `
        self.bias = nn.Parameter(torch.empty(parents, dim))`
            : ''
        }

    def forward(self, u):
        votes = torch.einsum('bic,iocd->biod', u, self.weight)
        logits = torch.zeros(votes.shape[:3], device=u.device)
        for _ in range(${iterations}):
${couplings.map(line => `            ${line}`).join('\n')}
            s = (couplings[..., None] * votes).sum(1)
            v = squash(${useBias ? 's + self.bias' : 's'})
            logits = logits + (votes * v[:, None]).sum(-1)
        return v`,
  };
}
