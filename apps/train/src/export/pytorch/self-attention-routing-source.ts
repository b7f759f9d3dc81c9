import { type RoutingSource, type SettingsOf, sizesOf } from './routing-source';

/** Self-attention routing of Efficient-CapsNet. */
export function selfAttentionRoutingSource({ useBias }: SettingsOf<'self-attention'>): RoutingSource {
  return {
    squash: 'exponential',
    construct: connection => `SelfAttentionRouting(${sizesOf(connection)})`,
    definition: `class SelfAttentionRouting(nn.Module):
    def __init__(self, children, parents, child_dim, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(children, parents, child_dim, dim))${
          useBias
            ? `
        self.bias = nn.Parameter(torch.empty(children, parents))`
            : ''
        }

    def forward(self, u):
        votes = torch.einsum('bic,iocd->biod', u, self.weight)
        total = votes.sum(1, keepdim=True) / votes.shape[-1] ** 0.5
        couplings = (votes * total).sum(-1).softmax(2)${useBias ? ' + self.bias' : ''}
        return exponential_squash((couplings[..., None] * votes).sum(1))`,
  };
}
