package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

// newToken is what "token create" asks for.
type newToken struct {
	User    string        `json:"user"`
	Expires time.Duration `json:"expires"`
}

func (c *cli) token() *cobra.Command {
	token := &cobra.Command{Use: "token", Short: "Bearer tokens for programs"}
	var t newToken
	create := &cobra.Command{
		Use:   "create --user NAME",
		Short: "Make a token and print it, this once",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if t.User == "" {
				return &usageError{errors.New("say --user NAME")}
			}
			return c.operate(cmd.Context(), func(o operator) error {
				secret, err := o.createToken(cmd.Context(), t)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(c.out, secret)
				return err
			})
		},
	}
	create.Flags().StringVar(&t.User, "user", "", "sign-in name of the account")
	create.Flags().DurationVar(&t.Expires, "expires", 24*time.Hour, "how long it is good for")
	revoke := &cobra.Command{
		Use:   "revoke",
		Short: "Make a token worthless; it is read from standard input",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			secret, err := readPassword(c.in)
			if err != nil {
				return err
			}
			return c.operate(cmd.Context(), func(o operator) error { return o.revokeToken(cmd.Context(), secret) })
		},
	}
	token.AddCommand(create, revoke)
	return token
}
