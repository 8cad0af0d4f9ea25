package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"repbench/cmd/repbench/internal/term"
	"repbench/datasets/catalog"
)

// errBad ends data verify with status 1 after its table.
var errBad = errors.New("not all files are right")

// fetchFlags are the flags of data fetch.
type fetchFlags struct {
	from     string
	download catalog.DownloadOptions
}

func (a *app) dataFetch() *cobra.Command {
	var f fetchFlags
	c := &cobra.Command{
		Use:   "fetch SET",
		Short: "Download a data set into the cache folder and verify it",
		Long: `Download a data set into the cache folder and verify it. A download that breaks
off goes on from where it was when the command is given again. --from takes the
files from a bundle (data bundle) or a folder and uses no network.`,
		Args: exactly(1, "the name of one data set"),
		RunE: func(c *cobra.Command, args []string) error { return a.fetch(c, args[0], f) },
	}
	fl := c.Flags()
	fl.StringVar(&f.from, "from", "", "take the files from this bundle or folder, without the network")
	fl.StringArrayVar(&f.download.Mirrors, "mirror", nil, "address of a folder with the official files, tried first (may be given several times)")
	fl.IntVar(&f.download.Attempts, "attempts", 0, "tries on one server that do not bring the download on (0: 4)")
	fl.DurationVar(&f.download.Stall, "stall", 0, "give a server up that sends less than 1 KiB in this time (0: 1m)")
	return c
}

func (a *app) fetch(c *cobra.Command, name string, f fetchFlags) error {
	if f.download.Attempts < 0 || f.download.Stall < 0 {
		return usageError{errors.New("--attempts and --stall must not be negative")}
	}
	o := a.dataOptions().Options
	o.Download = f.download
	var path string
	var err error
	if f.from == "" {
		path, err = catalog.Fetch(c.Context(), name, o)
	} else if len(f.download.Mirrors) > 0 {
		return usageError{errors.New("--mirror means nothing with --from")}
	} else {
		path, err = catalog.FetchFrom(c.Context(), name, f.from, o)
	}
	if err != nil {
		return err
	}
	return a.printSet(name, path)
}

func (a *app) printSet(name, path string) error {
	return a.print(map[string]string{"name": name, "path": path}, path+"\n")
}

func (a *app) dataVerify() *cobra.Command {
	return &cobra.Command{
		Use:   "verify [SET…]",
		Short: "Compare the files in the cache folder with their checksums",
		Long: `Compare the files in the cache folder with their checksums: the files of the sets
named, else all. The exit status is 1 if a file is bad, or if one of a set that
was named is not there.`,
		RunE: func(c *cobra.Command, args []string) error {
			checks, err := catalog.Verify(c.Context(), args, a.dataOptions().Options)
			if err != nil {
				return err
			}
			if err := a.print(checks, term.FileChecks(checks)); err != nil {
				return err
			}
			return badFiles(checks, len(args) > 0)
		},
	}
}

// badFiles is the error that names the first file at fault; nil where there is none.
func badFiles(checks []catalog.FileCheck, named bool) error {
	n, first := 0, ""
	for _, f := range checks {
		if f.State == catalog.Bad || named && (f.State == catalog.Absent || f.State == catalog.Unfinished) {
			if n++; n == 1 {
				first = fmt.Sprintf("%s is %s", f.Path, f.State)
				if f.State == catalog.Bad {
					first += "; delete it, then \"repbench data fetch " + f.Set + "\" downloads it again"
				}
			}
		}
	}
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d of %d; %s", errBad, n, len(checks), first)
}

func (a *app) dataBundle() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "bundle SET --out FILE.tar",
		Short: "Pack the verified files of a data set for a machine without a network",
		Args:  exactly(1, "the name of one data set"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := required(c, "out"); err != nil {
				return err
			}
			if err := catalog.Bundle(c.Context(), args[0], out, a.dataOptions().Options); err != nil {
				return err
			}
			return a.printSet(args[0], out)
		},
	}
	c.Flags().StringVar(&out, "out", "", "the tar file to write")
	return c
}

func (a *app) dataUnbundle() *cobra.Command {
	return &cobra.Command{
		Use:   "unbundle FILE.tar",
		Short: "Verify a bundle and put its files into the cache folder",
		Args:  exactly(1, "one bundle"),
		RunE: func(c *cobra.Command, args []string) error {
			name, path, err := catalog.Unbundle(c.Context(), args[0], a.dataOptions().Options)
			if err != nil {
				return err
			}
			return a.printSet(name, path)
		},
	}
}
