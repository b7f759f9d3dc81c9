"""What is learnt for the time to accuracy: real images in an order, with shifts and learning rates, all written down."""
import torch

from problem import ProblemError, demand, read_safetensors


class Course:
    """
    From a file, the same for all contenders: images as bytes [n, height, width, channels] and their labels [n]; which
    images are in the batch of each step, `order` [steps, batch]; their `shifts` down and right in pixels [steps, batch, 2];
    Adam's `rates` [steps]; and the images of the validation split, with their labels.
    """

    def __init__(self, path):
        tensors, _ = read_safetensors(path)
        images, labels, order, shifts, rates, held_back, held_back_labels = demand(
            tensors, "images", "labels", "order", "shifts", "rates", "heldBack", "heldBackLabels"
        )
        if order.dim() != 2 or list(shifts.shape) != [*order.shape, 2] or rates.shape != order.shape[:1]:
            raise ProblemError(
                f"expected order [steps, batch], shifts [steps, batch, 2] and rates [steps], found {list(order.shape)}, "
                f"{list(shifts.shape)} and {list(rates.shape)}: write the course anew with npm run bench"
            )
        self.farthest = int(shifts.abs().max())
        self.size = images.shape[1:3]
        self.padded = torch.nn.functional.pad(images, [0, 0, *[self.farthest] * 4])
        self.labels = labels.long()
        self.order, self.shifts, self.rates = order.long(), shifts.long(), rates.tolist()
        self.held_back, self.held_back_labels = held_back, held_back_labels.long()
        self.position = 0

    @property
    def steps_left(self):
        return len(self.order) - self.position

    def next(self):
        """The batch of the next step, [batch, channels, height, width] in 0..1, its labels, and its learning rate."""
        chosen, shifts = self.order[self.position], self.shifts[self.position]
        rate = self.rates[self.position]
        self.position += 1
        # What moves down by 1 is read from 1 farther up.
        rows, columns = (
            self.farthest - shifts[:, axis, None] + torch.arange(self.size[axis]) for axis in (0, 1)
        )
        moved = self.padded[chosen[:, None, None], rows[:, :, None], columns[:, None, :]]
        return as_input(moved), self.labels[chosen], rate

    def accuracy(self, classify, batch=250):
        """The accuracy on the validation split."""
        found = [classify(as_input(images))[1] for images in self.held_back.split(batch)]
        return (torch.cat(found) == self.held_back_labels).double().mean().item()


def as_input(images):
    return images.permute(0, 3, 1, 2).float().div(255)
