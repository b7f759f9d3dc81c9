"""Prints as JSON what TensorBoard reads in a folder: of each scalar its steps and values, of each histogram its steps and counts."""
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

# 0: keep all of them.
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "histograms": 0})
events.Reload()
tags = events.Tags()
print(
    json.dumps(
        {
            "scalars": {tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in tags["scalars"]},
            "histograms": {
                tag: [[e.step, e.histogram_value.num] for e in events.Histograms(tag)] for tag in tags["histograms"]
            },
        }
    )
)
