#!/bin/bash
# Cells of the suite "CIFAR 10/table": each task of this array is one of them.
#SBATCH --job-name=repbench-cifar-10-table-cf3d89a7-1000
#SBATCH --array=0-1,5
#SBATCH --ntasks=1
#SBATCH --output="/data/50%% of it/out/jobs/slurm-%A_%a.log" --open-mode=append
# A node that fails puts its cells back into the queue; they go on where they were saved.
#SBATCH --requeue
# The program is told 120 seconds before the time limit. B: tells only this shell, so the program must replace it (exec).
#SBATCH --signal=B:TERM@120
set -e
exec '/opt/rep bench' bench cell --cache /c '/data/50% of it/out' "$((SLURM_ARRAY_TASK_ID + 1000))"
