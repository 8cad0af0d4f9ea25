package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"repbench/cmd/repbench/internal/term"
	"repbench/datasets/catalog"
)

func (a *app) data() *cobra.Command {
	c := &cobra.Command{
		Use:   "data",
		Short: "List, fetch, verify, bundle, prepare and de-duplicate data sets",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command \"data %s\"", args[0])}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.dataList(), a.dataFetch(), a.dataVerify(), a.dataBundle(), a.dataUnbundle(), a.dataPrepare(), a.dataDedup())
	return c
}

func (a *app) dataList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "Show the data sets known, which are on this machine, and when they were verified",
		Args:  exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			inv := catalog.TakeInventory(a.dataOptions().Options)
			return a.print(inv, term.Inventory(inv))
		},
	}
}
