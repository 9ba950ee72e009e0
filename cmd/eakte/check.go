package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"eakte/archive"
	"eakte/ingest/office"
	"eakte/ingest/sandbox"
)

// checked is what "check" reports.
type checked struct {
	Versions  int               `json:"versions"`
	Objects   int               `json:"objects"`
	Documents int               `json:"documents_indexed"`
	Events    int64             `json:"events"`
	Problems  []archive.Problem `json:"problems"`
}

// errProblems makes the exit code tell what the report says.
var errProblems = errors.New("there are problems; see above")

func (c *cli) check() *cobra.Command {
	var readData, asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Compare records, objects, index and trail; the server must not run",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.config()
			if err != nil {
				return err
			}
			return c.withApp(cmd.Context(), cfg, func(a *app) error {
				if missing := sandbox.Lacking(office.Tools()...); len(missing) > 0 {
					if _, err := fmt.Fprintln(a.talk, "not installed:", strings.Join(missing, ", ")+"; documents of office programs are shown as plain text"); err != nil {
						return err
					}
				}
				result, err := a.check(cmd.Context(), readData)
				if err != nil {
					return err
				}
				if err := c.printChecked(result, asJSON); err != nil {
					return err
				}
				if len(result.Problems) > 0 {
					return errProblems
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&readData, "read-data", false, "read every object whole and compare its hash")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (c *cli) printChecked(r checked, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(c.out).Encode(r)
	}
	for _, p := range r.Problems {
		if _, err := fmt.Fprintf(c.out, "%s %s %s\n", p.Code, p.Object, p.Detail); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(c.out, "%d versions, %d objects, %d documents in the index, %d events: %d problems\n",
		r.Versions, r.Objects, r.Documents, r.Events, len(r.Problems))
	return err
}
