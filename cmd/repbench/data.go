package main

import (
	"github.com/spf13/cobra"

	"repbench/cmd/repbench/internal/term"
	"repbench/datasets/catalog"
)

func (a *app) data() *cobra.Command {
	return group("data", "List, fetch, verify, bundle, prepare and de-duplicate data sets", a.dataList(), a.dataFetch(), a.dataVerify(), a.dataBundle(), a.dataUnbundle(), a.dataPrepare(), a.dataDedup())
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
