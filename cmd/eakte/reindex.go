package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (c *cli) reindex() *cobra.Command {
	return &cobra.Command{
		Use:   "reindex",
		Short: "Make the search index anew from the records; the server must not run",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.config()
			if err != nil {
				return err
			}
			return c.withApp(cmd.Context(), cfg, func(a *app) error {
				n := 0
				bar := c.bar("indexing", -1)
				err := a.indexer.Rebuild(cmd.Context(), func(done int) {
					n = done
					bar.set(done)
				})
				bar.done()
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(c.out, "%d documents indexed\n", n)
				return err
			})
		},
	}
}
