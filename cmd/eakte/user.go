package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"eakte/archive"
)

// newUser is what "user add" asks for, here or through the admin socket.
type newUser struct {
	Name     string         `json:"name"`
	Display  string         `json:"display"`
	Roles    []archive.Pair `json:"roles"`
	Teams    []string       `json:"teams"`
	Password string         `json:"password"`
}

func (c *cli) user() *cobra.Command {
	user := &cobra.Command{Use: "user", Short: "Accounts"}
	user.AddCommand(c.userAdd(), c.userPassword(), c.userSwitch("disable", "Close an account: its sessions and tokens end", true),
		c.userSwitch("enable", "Open a closed account again", false), c.userResetFactor())
	return user
}

func (c *cli) userAdd() *cobra.Command {
	var u newUser
	var roles, departments []string
	cmd := &cobra.Command{
		Use:   "add NAME --role ROLE --department DEPARTMENT",
		Short: "Make an account; the password is read from standard input",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(roles) == 0 || len(roles) != len(departments) {
				return &usageError{errors.New("give as many --department as --role, at least one")}
			}
			u.Name = strings.ToLower(args[0])
			for i, r := range roles {
				u.Roles = append(u.Roles, archive.Pair{Role: r, Department: departments[i]})
			}
			var err error
			if u.Password, err = readPassword(c.in); err != nil {
				return err
			}
			id, err := c.addUser(cmd.Context(), u)
			if errors.Is(err, archive.ErrConflict) {
				return fmt.Errorf("an account of this name is there already: %w", err)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.out, id)
			return err
		},
	}
	cmd.Flags().StringArrayVar(&roles, "role", nil, "role; may be repeated, each with its --department")
	cmd.Flags().StringArrayVar(&departments, "department", nil, "department of the role before it")
	cmd.Flags().StringArrayVar(&u.Teams, "team", nil, "team; may be repeated")
	cmd.Flags().StringVar(&u.Display, "display", "", "name that colleagues see")
	return cmd
}

// readPassword reads one line.
func readPassword(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", &usageError{errors.New("no password on standard input")}
	}
	return line, nil
}

// addUser makes the account through the running server, or in the data folder itself.
func (c *cli) addUser(ctx context.Context, u newUser) (id string, err error) {
	err = c.operate(ctx, func(o operator) error {
		id, err = o.addUser(ctx, u)
		return err
	})
	return id, err
}

// userChange is what the other commands on accounts ask for.
type userChange struct {
	Name string `json:"name"`
	// Password is the new one; empty: it stays.
	Password string `json:"password,omitempty"`
	Disabled *bool  `json:"disabled,omitempty"`
	// ResetFactor takes the second factor away.
	ResetFactor bool `json:"reset_factor,omitempty"`
}

func (c *cli) userResetFactor() *cobra.Command {
	return &cobra.Command{
		Use:   "reset-factor NAME",
		Short: "Take the second factor and the passkeys of an account away, for who lost them; its sessions end",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			change := userChange{Name: args[0], ResetFactor: true}
			return c.operate(cmd.Context(), func(o operator) error { return o.changeUser(cmd.Context(), change) })
		},
	}
}

func (c *cli) userPassword() *cobra.Command {
	return &cobra.Command{
		Use:   "password NAME",
		Short: "Set a password, read from standard input",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			password, err := readPassword(c.in)
			if err != nil {
				return err
			}
			change := userChange{Name: args[0], Password: password}
			return c.operate(cmd.Context(), func(o operator) error { return o.changeUser(cmd.Context(), change) })
		},
	}
}

func (c *cli) userSwitch(name, short string, disabled bool) *cobra.Command {
	return &cobra.Command{
		Use:   name + " NAME",
		Short: short,
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			change := userChange{Name: args[0], Disabled: &disabled}
			return c.operate(cmd.Context(), func(o operator) error { return o.changeUser(cmd.Context(), change) })
		},
	}
}
