package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"eakte/archive/audit/verify"
)

func (c *cli) audit() *cobra.Command {
	audit := &cobra.Command{Use: "audit", Short: "The trail of every act"}
	audit.AddCommand(c.auditExport(), c.auditVerify(), c.auditCheckpoint(), c.auditRestored())
	return audit
}

func (c *cli) auditExport() *cobra.Command {
	var details bool
	cmd := &cobra.Command{
		Use:   "export DIR",
		Short: "Write the trail into a new folder; the server must not run",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := c.config()
			if err != nil {
				return err
			}
			return c.withApp(cmd.Context(), cfg, func(a *app) error {
				return a.exportTrail(cmd.Context(), args[0], details)
			})
		},
	}
	cmd.Flags().BoolVar(&details, "details", false, "write the details too: personal data, for the data protection officer only")
	return cmd
}

// errTampered makes the exit code tell what the report says.
var errTampered = errors.New("the trail is not what it should be; see above")

func (c *cli) auditVerify() *cobra.Command {
	var checkpoint, vkey string
	cmd := &cobra.Command{
		Use:   "verify DIR",
		Short: "Check an exported trail; needs nothing but the export",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts := verify.Options{VKey: vkey}
			if checkpoint != "" {
				old, err := os.ReadFile(checkpoint)
				if err != nil {
					return err
				}
				opts.OldCheckpoint = old
			}
			report, err := verify.Dir(cmd.Context(), args[0], opts)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprint(c.out, written(report)); err != nil {
				return err
			}
			if !report.OK() {
				return errTampered
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&checkpoint, "checkpoint", "", "an earlier checkpoint, kept elsewhere")
	cmd.Flags().StringVar(&vkey, "vkey", "", "the verifier key, kept elsewhere")
	return cmd
}

// written is a report as lines of text.
func written(r verify.Report) string {
	var b strings.Builder
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	for _, s := range r.Shards {
		fmt.Fprintf(&b, "%s: %d entries, %d details compared, %d sealed, %d erased, root %s\n",
			s.Year, s.Entries, s.Details, s.Sealed, s.Erased, s.Root)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "FINDING %s\n", f)
	}
	if r.OK() {
		b.WriteString("the trail is whole\n")
	} else {
		fmt.Fprintf(&b, "%d findings\n", r.Count)
	}
	return b.String()
}

func (c *cli) auditCheckpoint() *cobra.Command {
	return &cobra.Command{
		Use:   "checkpoint",
		Short: "Print a signed checkpoint, to be kept elsewhere",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.operate(cmd.Context(), func(o operator) error {
				note, err := o.checkpoint(cmd.Context())
				if err != nil {
					return err
				}
				_, err = c.out.Write(note)
				return err
			})
		},
	}
}

func (c *cli) auditRestored() *cobra.Command {
	var reason string
	var anyway bool
	cmd := &cobra.Command{
		Use:   "restored --reason TEXT",
		Short: "Record that an older state of the records was put back, so that the server starts again",
		Long: "Record in the trail that an older state of the records was put back, with what of the trail was lost and why.\n" +
			"Without it the server doesn't start on an older state. The checkpoint printed is for the data protection officer:\n" +
			"what she and a witness hold of the lost part contradicts the trail from now on, and she has to know why.",
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if strings.TrimSpace(reason) == "" {
				return &usageError{errors.New("--reason is needed: it stands in the trail, for the data protection officer")}
			}
			cfg, err := c.config()
			if err != nil {
				return err
			}
			a := &app{cfg: cfg, talk: c.talk, log: slog.New(slog.NewJSONHandler(c.talk, nil))}
			defer func() { err = errors.Join(err, a.close()) }()
			note, err := a.recordRestored(cmd.Context(), reason, anyway)
			if err != nil {
				return err
			}
			_, err = c.out.Write(note)
			return err
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why it had to be, for the data protection officer")
	cmd.Flags().BoolVar(&anyway, "anyway", false, "the key of the trail and what it remembers were put back, too")
	return cmd
}
