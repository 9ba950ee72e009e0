package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"eakte/web/pages"
)

// places prints the addresses of all pages, for the tests that look at each of them.
func (c *cli) places() *cobra.Command {
	return &cobra.Command{
		Use:    "places",
		Short:  "Print the addresses of all pages",
		Hidden: true,
		Args:   usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(c.out, strings.Join(pages.Paths(), "\n"))
			return err
		},
	}
}
