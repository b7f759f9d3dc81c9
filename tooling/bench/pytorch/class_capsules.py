"""
What both networks make of their class capsules [batch, classes, dim]: lengths, the margin loss of Sabour, Frosst and
Hinton (2017), and reconstructions by a decoder that sees one capsule alone.
"""
import torch
from torch import nn
from torch.nn.functional import one_hot


class ClassCapsules(nn.Module):
    """The networks extend it by `capsules`: images [batch, channels, height, width] -> class capsules."""

    def __init__(self, shapes, options):
        super().__init__()
        self.options = options
        layers = []
        index = 0
        while f"decoder.{index}.weight" in shapes:
            units, inputs = shapes[f"decoder.{index}.weight"]
            layers += [nn.Linear(inputs, units), nn.ReLU()]
            index += 2
        self.decoder = nn.Sequential(*layers[:-1], nn.Sigmoid())

    def reconstruct(self, capsules, classes):
        mask = one_hot(classes, capsules.shape[1]).to(capsules.dtype)
        return self.decoder((capsules * mask[:, :, None]).flatten(1))

    def loss(self, images, labels):
        """Margin loss (equation 4) and the reconstruction's summed squared error, averaged over the batch."""
        options = self.options
        capsules = self.capsules(images)
        lengths = length(capsules)
        present = one_hot(labels, lengths.shape[1]).to(lengths.dtype)
        too_short = torch.relu(options["mPositive"] - lengths) ** 2
        too_long = torch.relu(lengths - options["mNegative"]) ** 2
        margin = (present * too_short + options["lambda"] * (1 - present) * too_long).sum(dim=-1)
        errors = (self.reconstruct(capsules, labels) - images.flatten(1)) ** 2
        return (margin + options["reconstructionWeight"] * errors.sum(dim=-1)).mean()

    def predict(self, images):
        """Lengths of the class capsules, and what the decoder makes of the longest."""
        capsules = self.capsules(images)
        lengths = length(capsules)
        return lengths, self.reconstruct(capsules, lengths.argmax(dim=-1))

    def classify(self, images):
        """Of each image the length of the longest class capsule, and its class: each [batch]."""
        return length(self.capsules(images)).max(dim=-1)


def length(capsules):
    return torch.sqrt((capsules ** 2).sum(dim=-1))


def convolution(shape, stride, groups=1):
    filters, channels, size, _ = shape
    return nn.Conv2d(channels * groups, filters, kernel_size=size, stride=stride, groups=groups)
