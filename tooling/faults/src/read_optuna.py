"""Prints what Optuna reads from a journal file, as JSON."""

import json
import sys

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

storage = JournalStorage(JournalFileBackend(sys.argv[1]))
(summary,) = optuna.get_all_study_summaries(storage=storage)
study = optuna.load_study(study_name=summary.study_name, storage=storage)
print(
    json.dumps(
        {
            "study": study.study_name,
            "direction": study.direction.name,
            "trials": [
                {
                    "number": trial.number,
                    "state": trial.state.name,
                    "value": trial.value,
                    "params": trial.params,
                    "intermediate": {str(step): value for step, value in trial.intermediate_values.items()},
                    "seconds": trial.duration.total_seconds() if trial.duration else None,
                    "attributes": trial.user_attrs,
                }
                for trial in study.trials
            ],
            "best": study.best_trial.number,
        }
    )
)
