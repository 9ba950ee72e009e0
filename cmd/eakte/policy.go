package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"eakte/acl"
	"eakte/policies"
	"eakte/web"
)

func (c *cli) policy() *cobra.Command {
	policy := &cobra.Command{Use: "policy", Short: "Access rules"}
	var q acl.Question
	var asJSON bool
	explain := &cobra.Command{
		Use:   "explain --user NAME --akte ID --action ACTION",
		Short: "Say what somebody may do in an Akte, and by which rule; the server must not run",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if q.User == "" || q.Akte == "" {
				return &usageError{errors.New("say --user NAME and --akte ID")}
			}
			if !slices.Contains(policies.RegisterActions(), q.Action) {
				return &usageError{fmt.Errorf("--action is one of %s", strings.Join(policies.RegisterActions(), ", "))}
			}
			cfg, err := c.config()
			if err != nil {
				return err
			}
			return c.withApp(cmd.Context(), cfg, func(a *app) error {
				answer, err := a.guard.Explain(cmd.Context(), q)
				if err != nil {
					return err
				}
				if asJSON {
					return json.NewEncoder(c.out).Encode(web.Explained(answer))
				}
				return c.printExplained(answer)
			})
		},
	}
	explain.Flags().StringVar(&q.User, "user", "", "sign-in name")
	explain.Flags().StringVar(&q.Akte, "akte", "", "ID or reference number of the Akte")
	explain.Flags().StringVar(&q.Register, "register", "", "one register only")
	explain.Flags().StringVar(&q.Classification, "classification", "", "one classification only")
	explain.Flags().StringVar(&q.Action, "action", "read", "exist, read, write, file or disclose")
	explain.Flags().StringVar(&q.Purpose, "purpose", "", "a code or case:ID; any if not given")
	explain.Flags().StringVar(&q.Procedure, "procedure", "", "as if a case of this procedure were open and stated")
	explain.Flags().StringVar(&q.At, "at", "", "a day, 2026-12-24, or a time on one, 2026-12-24T21:30; now if not given")
	explain.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	policy.AddCommand(explain)
	return policy
}

func (c *cli) printExplained(a acl.Answer) error {
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	for _, note := range a.Notes {
		if _, err := fmt.Fprintf(w, "note: %s\n", note); err != nil {
			return err
		}
	}
	for _, e := range a.Rows {
		place := ""
		if e.File != "" {
			place = fmt.Sprintf("%s:%d", e.File, e.Line)
		}
		why := append([]string{}, e.Note)
		for _, o := range e.Obstacles {
			why = append(why, obstacleWords(o))
		}
		why = slices.DeleteFunc(why, func(s string) bool { return s == "" })
		_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", e.Register, e.Classification, verdictWord(e), e.Rule, place, strings.Join(why, "; "))
		if err != nil {
			return err
		}
	}
	return w.Flush()
}

// obstacleWords says what stands in the way, and of which role.
func obstacleWords(o acl.Obstacle) string {
	words := map[string]string{
		acl.ObstacleSealed: "it is sealed until " + o.Detail, acl.ObstacleConflict: "a conflict of interest", acl.ObstacleNoPair: "the account has no role",
		acl.ObstacleNoPart: "no department of hers takes part", acl.ObstacleRegister: "the department takes part in other registers",
		acl.ObstacleEnded: "the department's part ended on " + o.Detail, acl.ObstacleTeam: "team " + o.Detail + " keeps the Akte",
		acl.ObstacleNoRule: "no rule allows it", acl.ObstacleDenied: "denied", acl.ObstaclePurpose: "not for this purpose",
		acl.ObstacleCase: "the case is closed, or of another Akte", acl.ObstacleClosed: "the Akte is closed",
	}[o.Code]
	if o.Pair.Role == "" {
		return words
	}
	return o.Pair.Role + "@" + o.Pair.Department + ": " + words
}

// verdictWord is "yes", "no", or under which circumstances.
func verdictWord(e acl.Explanation) string {
	if !e.Allowed {
		return "no"
	}
	var ways []string
	for _, c := range e.When {
		var asks []string
		if c.Own {
			asks = append(asks, "own only")
		}
		if c.Case {
			asks = append(asks, "with a matching case")
		}
		if len(c.Purposes) > 0 {
			asks = append(asks, "for "+strings.Join(purposeWords(c.Purposes), " "))
		}
		if len(asks) == 0 {
			return "yes"
		}
		ways = append(ways, strings.Join(asks, ", "))
	}
	if len(ways) == 0 { // it holds for the purpose that was named
		return "yes"
	}
	return strings.Join(ways, " or ")
}

func purposeWords(purposes []string) []string {
	out := slices.Clone(purposes)
	for i, p := range out {
		if p == "" {
			out[i] = "none"
		}
	}
	return out
}
