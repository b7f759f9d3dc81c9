"""
The capsule network of Sabour, Frosst and Hinton (2017) as one plainly writes it in PyTorch: all votes, routing by einsum,
the architecture and parameter names of labml.ai's MNISTCapsuleNetworkModel. It is what `npm run bench` compares with.
"""
import torch
from torch import nn

from class_capsules import ClassCapsules, convolution


def squash(s, epsilon=1e-8):
    squared = (s ** 2).sum(dim=-1, keepdim=True)
    return squared / (1 + squared) * (s / torch.sqrt(squared + epsilon))


class Router(nn.Module):
    """Procedure 1 of the paper. softmax_over 'out': couplings sum to 1 over the parents (paper), 'in': the children (labml)."""

    def __init__(self, shape, iterations, softmax_over):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(shape))  # [in, out, inDim, outDim]
        self.iterations = iterations
        self.softmax = nn.Softmax(dim=2 if softmax_over == "out" else 1)

    def forward(self, u):
        votes = torch.einsum("ijnm,bin->bijm", self.weight, u)
        logits = votes.new_zeros(votes.shape[:3])
        for iteration in range(self.iterations):
            couplings = self.softmax(logits)
            v = squash(torch.einsum("bij,bijm->bjm", couplings, votes))
            if iteration < self.iterations - 1:
                logits = logits + torch.einsum("bjm,bijm->bij", v, votes)
        return v


class CapsuleNetwork(ClassCapsules):
    def __init__(self, shapes, options):
        super().__init__(shapes, options)
        self.conv1 = convolution(shapes["conv1.weight"], options["strides"][0])
        self.conv2 = convolution(shapes["conv2.weight"], options["strides"][1])
        self.digit_capsules = Router(
            shapes["digit_capsules.weight"], options["iterations"], options["softmaxOver"]
        )

    def capsules(self, images):
        x = self.conv2(torch.relu(self.conv1(images)))
        u = x.reshape(x.shape[0], self.options["dim"], -1).permute(0, 2, 1)  # [batch, in, inDim]
        return self.digit_capsules(squash(u))
