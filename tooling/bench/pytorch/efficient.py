"""
Efficient-CapsNet (Mazzia, Salvetti and Chiaberge, 2021) as one plainly writes it in PyTorch: convolutions with batch
normalisation, a depthwise convolution for primary capsules, and self-attention routing by einsum, as in its authors'
Keras code. It is the second network that `npm run bench` compares with.
"""
import math

import torch
from torch import nn

from class_capsules import ClassCapsules, convolution


def squash(s, epsilon=1e-20):
    length = torch.linalg.vector_norm(s, dim=-1, keepdim=True)
    return (1 - torch.exp(-length)) * (s / (length + epsilon))


class SelfAttentionRouter(nn.Module):
    """One pass, in which a parent listens to a child as far as its vote agrees with all votes."""

    def __init__(self, weight, bias):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(weight))  # [in, out, inDim, outDim]
        self.bias = nn.Parameter(torch.empty(bias))  # [in, out]

    def forward(self, u):
        votes = torch.einsum("ijnm,bin->bijm", self.weight, u)
        agreement = torch.einsum("bijm,bkjm->bij", votes, votes) / math.sqrt(votes.shape[-1])
        couplings = torch.softmax(agreement, dim=2) + self.bias  # over the parents
        return squash(torch.einsum("bij,bijm->bjm", couplings, votes))


class EfficientCapsuleNetwork(ClassCapsules):
    def __init__(self, shapes, options):
        super().__init__(shapes, options)
        layers = []
        for stride in options["strides"]:
            shape = shapes[f"convolutions.{len(layers)}.weight"]
            # Keras' defaults; PyTorch calls momentum what a batch adds, Keras what it leaves.
            layers += [convolution(shape, stride), nn.ReLU(), nn.BatchNorm2d(shape[0], eps=1e-3, momentum=0.01)]
        self.convolutions = nn.Sequential(*layers)
        primary = shapes["primary.weight"]
        self.primary = convolution(primary, options["primaryStride"], groups=primary[0])
        self.class_capsules = SelfAttentionRouter(
            shapes["class_capsules.weight"], shapes["class_capsules.bias"]
        )

    def capsules(self, images):
        x = self.primary(self.convolutions(images))
        # The dimensions of a capsule are neighbouring channels.
        u = x.permute(0, 2, 3, 1).reshape(x.shape[0], -1, self.options["dim"])  # [batch, in, inDim]
        return self.class_capsules(squash(u))
