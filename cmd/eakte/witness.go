package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/spf13/cobra"

	"eakte/archive/audit/witness"
)

// witnessFile is the configuration of a witness. Its files lie beside it.
type witnessFile struct {
	// Name is that of the witness in its key, like a host name with a path.
	Name string `toml:"name"`
	// Listen is its address; without a certificate on this machine alone.
	Listen string `toml:"listen"`
	// Certificate and Key are files for TLS (PEM).
	Certificate string `toml:"certificate"`
	Key         string `toml:"key"`
	// Log are the logs whose checkpoints are cosigned.
	Log []witnessLog `toml:"log"`
}

// witnessLog is a log by its verifier key; origin only where it isn't the key's name and a year.
type witnessLog struct {
	Key    string `toml:"vkey"`
	Origin string `toml:"origin"`
}

func (c *cli) witness() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "witness",
		Short: "For the data protection officer's own machine: vouch for somebody else's trail",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.witnessServe(), c.witnessKey(), c.witnessList(), c.witnessAccept())
	return cmd
}

// openWitness reads the configuration file and opens the witness beside it.
func openWitness(file string) (*witness.Witness, witnessFile, error) {
	f := witnessFile{Listen: "127.0.0.1:8090"}
	meta, err := toml.DecodeFile(file, &f)
	if err != nil {
		return nil, f, fmt.Errorf("witness: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, f, fmt.Errorf("witness: %s: %s is not a setting", file, unknown[0])
	}
	cfg := witness.Config{Dir: filepath.Dir(file), Name: f.Name}
	for _, l := range f.Log {
		cfg.Logs = append(cfg.Logs, witness.Log{Key: l.Key, Origin: l.Origin})
	}
	w, err := witness.New(cfg)
	return w, f, err
}

func (c *cli) witnessServe() *cobra.Command {
	return &cobra.Command{
		Use:   "serve FILE",
		Short: "Cosign checkpoints (C2SP tlog-witness); the witness's key and state lie beside its configuration FILE",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			w, f, err := openWitness(args[0])
			if err != nil {
				return err
			}
			l, err := f.listen(filepath.Dir(args[0]))
			if err != nil {
				return err
			}
			fmt.Fprintf(c.talk, "the witness's verifier key is %s\nit answers at %s\n", w.Key(), l.Addr())
			return serveWitness(cmd.Context(), l, w.Handler(slog.New(slog.NewJSONHandler(c.talk, nil))))
		},
	}
}

// listen opens the address. Who could change answers on their way could keep a log from being vouched for, so
// without TLS it is this machine's alone.
func (f witnessFile) listen(dir string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(f.Listen)
	if err != nil {
		return nil, fmt.Errorf("witness: listen: %w", err)
	}
	if f.Certificate == "" {
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, errors.New("witness: without certificate and key it listens on this machine only: 127.0.0.1:PORT")
		}
		return net.Listen("tcp", f.Listen)
	}
	cert, err := tls.LoadX509KeyPair(beside(dir, f.Certificate), beside(dir, f.Key))
	if err != nil {
		return nil, fmt.Errorf("witness: certificate: %w", err)
	}
	return tls.Listen("tcp", f.Listen, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
}

// beside is a file named in a configuration that lies in dir.
func beside(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// serveWitness answers until ctx ends.
func serveWitness(ctx context.Context, l net.Listener, h http.Handler) error {
	const patience = 10 * time.Second
	s := &http.Server{Handler: h, ReadTimeout: patience, WriteTimeout: patience, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	return errors.Join(s.Shutdown(end), unlessClosed(<-ended))
}

func (c *cli) witnessKey() *cobra.Command {
	return &cobra.Command{
		Use:   "key FILE",
		Short: "Print the witness's verifier key, for EAKTE_WITNESS_KEY and eakte-verify -witness",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			w, _, err := openWitness(args[0])
			if err == nil {
				_, err = fmt.Fprintln(c.out, w.Key())
			}
			return err
		},
	}
}

func (c *cli) witnessList() *cobra.Command {
	return &cobra.Command{
		Use:   "list FILE",
		Short: "List how far each log was cosigned, and the file with its last checkpoint",
		Args:  usageArgs(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			w, _, err := openWitness(args[0])
			if err != nil {
				return err
			}
			all, err := w.Latest()
			for _, l := range all {
				at := "accepted, not cosigned since"
				if !l.At.IsZero() {
					at = l.At.Format(time.RFC3339)
				}
				fmt.Fprintf(c.out, "%s\t%d\t%s\t%s\n", l.Origin, l.Size, at, l.File)
			}
			return err
		},
	}
}

func (c *cli) witnessAccept() *cobra.Command {
	return &cobra.Command{
		Use:   "accept FILE CHECKPOINT",
		Short: "Go on from another checkpoint than the one cosigned last, after the operator had to put back an older state",
		Long: "Go on from another checkpoint than the one cosigned last. Do so only if you know why the operator had to put back\n" +
			"an older state, and what was lost: compare with the checkpoint that is given up, which stays in former/.",
		Args: usageArgs(cobra.ExactArgs(2)),
		RunE: func(_ *cobra.Command, args []string) error {
			w, _, err := openWitness(args[0])
			if err != nil {
				return err
			}
			signed, err := os.ReadFile(args[1])
			if err != nil {
				return err
			}
			was, is, err := w.Accept(signed)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.out, "%s: %d entries were cosigned; from now on it goes on from %d\n", is.Origin, was.Size, is.Size)
			return err
		},
	}
}
