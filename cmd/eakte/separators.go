package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"eakte/archive"
	"eakte/ingest/separator"
)

// separators prints sheets without an account: plain ones and those of types. A sheet of an Akte is printed on the
// page of that Akte, by who may see it.
func (c *cli) separators() *cobra.Command {
	var plain int
	var types []string
	var out, language string
	cmd := &cobra.Command{
		Use:   "separators",
		Short: "Make a PDF of separator sheets for scanned stacks; the server must not run",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if plain < 0 || plain+len(types) < 1 || plain+len(types) > 200 {
				return errors.New("1 to 200 sheets are printed at once")
			}
			cfg, err := c.config()
			if err != nil {
				return err
			}
			return c.withApp(cmd.Context(), cfg, func(a *app) error {
				sheets, err := a.sheets(plain, types, language)
				if err != nil {
					return err
				}
				data, err := separator.Paint(sheets)
				if err != nil {
					return err
				}
				if err := os.WriteFile(out, data, 0o644); err != nil { // nothing in it is secret
					return err
				}
				_, err = fmt.Fprintf(c.out, "%d sheets in %s\n", len(sheets), out)
				return err
			})
		},
	}
	cmd.Flags().IntVar(&plain, "plain", 0, "how many sheets that say only that something new begins")
	cmd.Flags().StringSliceVar(&types, "type", nil, "keys of document types, one sheet each")
	cmd.Flags().StringVarP(&out, "output", "o", "separators.pdf", "the file to write")
	cmd.Flags().StringVar(&language, "language", "both", "of what people read: de or both")
	return cmd
}

// sheets are what is to be printed.
func (a *app) sheets(plain int, types []string, language string) (out []separator.Sheet, err error) {
	add := func(s archive.Separator, title string) {
		out = append(out, separator.Sheet{Mark: separator.Mark(s, a.store.Mark), Title: title, Lines: separator.Instructions(language)})
	}
	for range plain {
		add(archive.Separator{}, "Trennblatt")
	}
	for _, key := range types {
		t, ok := a.policies.DocType(key)
		if !ok {
			return nil, fmt.Errorf("%q is no document type", key)
		}
		add(archive.Separator{Type: key}, t.Label.DE)
	}
	return out, nil
}
