package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
)

func (c *cli) policy() *cobra.Command {
	policy := &cobra.Command{Use: "policy", Short: "Access rules"}
	var user, akte, register, action string
	var asJSON bool
	explain := &cobra.Command{
		Use:   "explain --user NAME --akte ID --action ACTION",
		Short: "Say what somebody may do in an Akte, and by which rule; the server must not run",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if user == "" || akte == "" {
				return &usageError{errors.New("say --user NAME and --akte ID")}
			}
			if !slices.Contains(policies.RegisterActions(), action) {
				return &usageError{fmt.Errorf("--action is one of %s", strings.Join(policies.RegisterActions(), ", "))}
			}
			cfg, err := c.config()
			if err != nil {
				return err
			}
			return c.withApp(cmd.Context(), cfg, func(a *app) error {
				list, err := a.explain(cmd.Context(), user, akte, register, action)
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(c.out).Encode(list)
				}
				return c.printExplained(list)
			})
		},
	}
	explain.Flags().StringVar(&user, "user", "", "sign-in name")
	explain.Flags().StringVar(&akte, "akte", "", "ID or reference number of the Akte")
	explain.Flags().StringVar(&register, "register", "", "one register only")
	explain.Flags().StringVar(&action, "action", "read", "exist, read, write, file or disclose")
	explain.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	policy.AddCommand(explain)
	return policy
}

func (c *cli) printExplained(list []acl.Explanation) error {
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, e := range list {
		word := "no"
		switch {
		case e.Allowed && e.BroughtByOwn && e.MatchingCase:
			word = "own only, with a matching case"
		case e.Allowed && e.BroughtByOwn:
			word = "own only"
		case e.Allowed && e.MatchingCase:
			word = "with a matching case"
		case e.Allowed:
			word = "yes"
		}
		if _, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.Register, e.Classification, word, e.Rule, e.Note); err != nil {
			return err
		}
	}
	return w.Flush()
}

// explain finds user and Akte by the names an operator has for them.
func (a *app) explain(ctx context.Context, name, akte, register, action string) ([]acl.Explanation, error) {
	var user archive.User
	id := archive.AkteID(akte)
	err := a.store.View(ctx, func(r archive.Reader) (err error) {
		if user, err = r.UserByName(name); err != nil {
			return fmt.Errorf("user: %w", err)
		}
		if byNumber, err := r.AkteByNumber(akte); err == nil {
			id = byNumber
		} else if !errors.Is(err, archive.ErrNotFound) {
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return a.guard.Explain(ctx, user, id, register, action)
}
