import type { RoutingSource, SettingsOf } from './routing-source';

/** EM routing of matrix capsules, by differences of votes and means, as the paper writes it. */
export function emRoutingSource(settings: SettingsOf<'em'>): RoutingSource {
  const { iterations, inverseTemperature, varianceFloor } = settings;
  return {
    construct({ lower, higher, window }) {
      const grid = [lower.height, lower.width, lower.channels, higher.channels, Math.sqrt(lower.dim)];
      const size = window ? `, kernel=${window.kernelSize}, stride=${window.strides}` : '';
      return `EMRouting(${grid.join(', ')}${size})`;
    },
    definition: `class EMRouting(nn.Module):
    def __init__(self, height, width, channels, parents, side, kernel=None, stride=1):
        super().__init__()
        self.channels, self.side = channels, side
        kinds = (kernel**2 if kernel else 1) * channels
        self.weight = nn.Parameter(torch.empty(kinds, parents, side, side))
        self.beta_u = nn.Parameter(torch.empty(parents))
        self.beta_a = nn.Parameter(torch.empty(parents))
        # Which lower places each higher place hears: [places, size]
        shown = torch.arange(height * width).view(height, width)
        if kernel:
            shown = shown.unfold(0, kernel, stride).unfold(1, kernel, stride)
        self.shown = shown.reshape(-1, kernel**2 if kernel else height * width)
        # Coordinate addition, where all places share their transformations: [size, side, side]
        self.coordinates = torch.zeros(height * width, side, side)
        if not kernel:
            self.coordinates[:, 0, -1] = ((torch.arange(height) + 0.5) / height).repeat_interleave(width)
            if side > 1:
                self.coordinates[:, 1, -1] = ((torch.arange(width) + 0.5) / width).repeat(height)
        self.is_whole = not kernel

    def forward(self, poses, activations):
        batch, (places, size), c = len(poses), self.shown.shape, self.channels
        heard, dim = size * c, self.side**2
        m = poses.reshape(batch, -1, c, self.side, self.side)[:, self.shown]
        w = self.weight.reshape(-1, c, *self.weight.shape[1:]).expand(size, -1, -1, -1, -1)
        votes = torch.einsum('bpscij,scojk->bposcik', m, w)
        if self.is_whole:
            votes = votes + self.coordinates[:, None].to(votes)
        parents = votes.shape[2]
        votes = votes.reshape(batch, places, parents, heard, dim)
        a = activations.reshape(batch, -1, c)[:, self.shown].reshape(batch, places, 1, heard)
        # Of each child that a window shows, its number; it shares itself out over the parents of all windows.
        child = (self.shown[..., None] * c + torch.arange(c)).flatten().to(poses.device)
        children = poses.shape[1]
        often = torch.bincount(child, minlength=children)[child].reshape(places, 1, heard)
        share = children / (places * parents)
        r = a / (parents * often)
        origin = (r[..., None] * votes).sum(3, keepdim=True) / (r.sum(3)[..., None, None] + 1e-8)
        votes = votes - origin
        for t in range(1, ${iterations + 1}):
            amount = r.sum(3)
            total = (amount + 1e-8)[..., None, None]
            mean = (r[..., None] * votes).sum(3, keepdim=True) / total
            square = (r[..., None] * votes.square()).sum(3, keepdim=True) / total
            variance = (square - mean.square()).relu() + ${varianceFloor}
            cost = (dim * self.beta_u + variance.log().sum((3, 4)) / 2) * amount / share
            logit = ${inverseTemperature} * (1 - 0.95**t) * (self.beta_a - cost)
            if t == ${iterations}:
                return (mean + origin).reshape(batch, -1, dim), logit.sigmoid().reshape(batch, -1)
            log_p = -((votes - mean).square() / variance + (2 * torch.pi * variance).log()).sum(-1) / 2
            log_p = log_p + F.logsigmoid(logit)[..., None]
            most = torch.full((batch, children), -torch.inf, device=poses.device)
            most = most.index_reduce(1, child, log_p.amax(2).reshape(batch, -1), 'amax')[:, child]
            p = (log_p - most.reshape(batch, places, 1, heard)).exp()
            sums = p.new_zeros(batch, children).index_add(1, child, p.sum(2).reshape(batch, -1))[:, child]
            r = p / sums.reshape(batch, places, 1, heard) * a`,
  };
}
