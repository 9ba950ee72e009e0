// Command eakte is the electronic file of an authority that deals with people: server,
// operator's tools and demonstration in one program.
//
// main sets up signals and calls run, which returns errors and is what the tests call. Every
// subcommand is a file of its own; config.go alone reads the environment, wire.go alone names
// engines.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"eakte/acl"
	"eakte/archive"
)

// Exit codes.
const (
	exitFailed   = 1
	exitUsage    = 2
	exitDenied   = 3
	exitNotFound = 4
	exitConflict = 5
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(exitCode(err))
}

// run carries out one command line.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	c := &cli{in: stdin, out: stdout, talk: stderr}
	root := c.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(stderr, "eakte:", explain(err))
	}
	return err
}

// cli is what the subcommands share.
type cli struct {
	in   io.Reader
	out  io.Writer
	talk io.Writer
	// dataFlag and configFlag are the flags that all subcommands have.
	dataFlag, configFlag string
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "eakte",
		Short:         "The electronic file of an authority that deals with people",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          usageArgs(cobra.NoArgs),
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.PersistentFlags().StringVar(&c.dataFlag, "data", "", "data folder (EAKTE_DATA)")
	root.PersistentFlags().StringVar(&c.configFlag, "config", "", "configuration file (EAKTE_CONFIG)")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &usageError{err} })
	root.AddCommand(
		c.serve(), c.demo(), c.user(), c.token(), c.importing(), c.delivery(), c.reindex(), c.separators(), c.check(), c.audit(), c.witness(),
		c.policy(), c.places(), c.version(),
	)
	return root
}

// usageError is a command line that can't be understood.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// usageArgs makes a complaint about arguments a usage error.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return &usageError{fmt.Errorf("%w (see %q)", err, cmd.CommandPath()+" --help")}
		}
		return nil
	}
}

func exitCode(err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		return exitUsage
	case errors.Is(err, acl.ErrDenied), errors.Is(err, acl.ErrSignIn), errors.Is(err, fs.ErrPermission):
		return exitDenied
	case errors.Is(err, archive.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return exitNotFound
	case errors.Is(err, archive.ErrConflict):
		return exitConflict
	}
	return exitFailed
}

// explain is the error in the words an operator can act on.
func explain(err error) string {
	var field *archive.FieldError
	switch {
	case errors.As(err, &field):
		return field.Error()
	case errors.Is(err, context.Canceled):
		return "interrupted"
	}
	return err.Error()
}
