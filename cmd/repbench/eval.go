package main

import "github.com/spf13/cobra"

func (a *app) eval() *cobra.Command { return &cobra.Command{Use: "eval"} }
