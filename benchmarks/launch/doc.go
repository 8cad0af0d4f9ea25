// Package launch has the engines that compute the cells of a suite: Slurm's job arrays and Kubernetes'
// Indexed Jobs (docs/engines.md).
//
// An engine runs one command for each cell, "repbench bench cell OUT INDEX", and knows only whether a cell is
// still to come; the files of the suite's folder alone say what is done. Engines are used through the user's own
// commands (sbatch, squeue, kubectl), so their settings and credentials hold.
package launch
