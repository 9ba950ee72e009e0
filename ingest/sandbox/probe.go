package sandbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// probe tries what a child must not be able to do. It prints one word for each
// thing that is still possible.
const probe = `
[ -e /etc/shadow ] && echo passwords
[ -e /home ] || [ -e /root ] && echo homes
[ "$(ls /sys/class/net 2>/dev/null | wc -l)" != 0 ] && echo sysfs
while IFS=: read -r name rest; do
  case "$name" in *Inter*|*face*|*lo*) ;; *) echo network ;; esac
done < /proc/net/dev
(echo x > /usr/probe) 2>/dev/null && echo write
(echo x > /probe) 2>/dev/null && echo root-write
grep -q '^CapEff:[[:space:]]*0*$' /proc/self/status || echo capabilities
grep -q '^NoNewPrivs:[[:space:]]*1$' /proc/self/status || echo privileges
echo done
`

// Available checks by trying that children are confined: no network, no sight of
// the machine's secrets, no writing, no capabilities, and limits that kill. It
// fails with [ErrUnavailable] and says what to do. It takes about 50 ms and is
// meant for the start of the server.
func (r *Runner) Available(ctx context.Context) error {
	res, err := r.Run(ctx, Cmd{Tool: "sh", Args: []string{"-c", probe}, Limits: Limits{Wall: 20 * time.Second}})
	if err != nil {
		return err
	}
	defer res.Output.Close() //nolint:errcheck // memory only
	said, err := res.Output.Bytes()
	if err != nil {
		return err
	}
	words := strings.Fields(string(said))
	if !res.OK() || len(words) != 1 || words[0] != "done" {
		return fmt.Errorf("%w: a child can reach what it must not: %s", ErrUnavailable, strings.Join(words, " "))
	}
	if err := r.limitsKill(ctx); err != nil {
		return err
	}
	return nil
}

// limitsKill checks that a child which writes or takes too much is ended.
func (r *Runner) limitsKill(ctx context.Context) error {
	tests := []Cmd{
		{Tool: "head", Args: []string{"-c", "3000000", "/dev/zero"}, Limits: Limits{Output: 1 << 20}},
		{Tool: "sh", Args: []string{"-c", "head -c 90000000 /dev/zero | tail -c 80000000 >/dev/null"}, Limits: Limits{Memory: 16 << 20}},
	}
	for _, c := range tests {
		res, err := r.Run(ctx, c)
		if errors.Is(err, ErrInterrupted) {
			continue
		}
		if err != nil {
			return err
		}
		ok := res.OK()
		if err := res.Output.Close(); err != nil {
			return fmt.Errorf("sandbox: %w", err)
		}
		if ok {
			return fmt.Errorf("%w: limits on memory or output don't hold on this machine", ErrUnavailable)
		}
	}
	return nil
}

// Lacking returns those of the named programs that this machine doesn't have.
func Lacking(tools ...string) []string {
	var missing []string
	for _, t := range tools {
		if !exists(systemBin + "/" + t) {
			missing = append(missing, t)
		}
	}
	return missing
}
