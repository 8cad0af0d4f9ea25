// Package atomicfile writes files that are either complete or absent.
//
// Write appends to a temporary file in the same folder; Commit syncs it, renames it to
// the final name and syncs the folder. A reader, or a program started after a crash,
// finds the old file or the whole new one, never a part.
//
//	f, err := atomicfile.Create("features.npy")
//	if err != nil {
//		return err
//	}
//	defer f.Close() // discards the temporary unless Commit succeeded
//	if _, err := f.Write(data); err != nil {
//		return err
//	}
//	return f.Commit()
//
// Temporaries are named ".NAME.PID-N.tmp"; a process killed with SIGKILL
// leaves one behind, which may be deleted whenever no writer runs.
package atomicfile
