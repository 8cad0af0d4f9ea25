#!/bin/bash
# Cells of the suite "CIFAR 10/table": each task of this array is one of them.
#SBATCH --account=lab
#SBATCH -C a100
#SBATCH --partition=gpu
#SBATCH --time=02:00:00
#SBATCH --cpus-per-task=8
#SBATCH --mem=16G
#SBATCH --gres=gpu:1
#SBATCH --job-name=repbench-cifar-10-table-cf3d89a7-1000
#SBATCH --array=0-1,5%32
#SBATCH --ntasks=1
#SBATCH --output="/data/50%% of it/out/jobs/slurm-%A_%a.log" --open-mode=append
# A node that fails puts its cells back into the queue; they go on where they were saved.
#SBATCH --requeue
# The program is told 120 seconds before the time limit. B: tells only this shell, so the program must replace it (exec).
#SBATCH --signal=B:TERM@120
set -e
module load cuda
exec '/opt/rep bench' bench cell --cache /c --threads 8 --max-memory 8589934592 '/data/50% of it/out' "$((SLURM_ARRAY_TASK_ID + 1000))"
