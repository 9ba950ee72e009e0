package acl

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"eakte/policies"
)

// casePrefix begins a purpose that names a case.
const casePrefix = "case:"

// Request asks what one (role, department) pair may do. Who the person is, in which Akten
// the department takes part, seals and conflicts of interest are decided elsewhere.
type Request struct {
	// Role and Department are the pair through which access is sought.
	Role, Department string
	// Register and Classification of the document; both empty for a capability.
	Register, Classification string
	// Action is one of the policies.Act… constants.
	Action string
	// Purpose is a code of the policies' list, "case" or "case:ID", or empty for none.
	Purpose string
	// MatchingCase says that the stated case belongs to the Akte and its procedure touches
	// the register.
	MatchingCase bool
	// OwnBrought says that the department of the pair brought the document in. For an
	// act that brings one in it is the bringing department to be.
	OwnBrought bool
}

// Decision is the answer to a [Request]. The zero value is a deny.
type Decision struct {
	// Allow says yes; only then may the act go on.
	Allow bool
	// Rule is the id of the rule that decided, allow or deny; empty when no rule speaks of
	// the request, which is a deny.
	Rule string
}

// Casbin decides by Casbin itself, rule by rule. It is what [Table] is compiled from and
// compared with; nobody asks it while serving. It never changes and may be asked by many
// goroutines, one after the other.
type Casbin struct {
	set   *policies.Set
	mu    sync.Mutex
	rules *casbin.Enforcer
}

// NewCasbin builds an enforcer over all rules of the set.
func NewCasbin(set *policies.Set) (*Casbin, error) {
	rules, err := newEnforcer(set.Model(), set.Rules())
	if err != nil {
		return nil, err
	}
	return &Casbin{set: set, rules: rules}, nil
}

// Decide asks Casbin. A request that holds a value the policies don't know is denied
// without asking. With an error the decision is a deny.
func (c *Casbin) Decide(req Request) (Decision, error) {
	line, ok := casbinRequest(c.set, req)
	if !ok {
		return Decision{}, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return enforce(c.rules, line)
}

// casbinLine is a request in the order of the model's request definition.
type casbinLine [8]any

// casbinRequest puts the request into Casbin's words. It is false when a value is unknown,
// when a capability comes with a register, or an action on a register without one: none of
// these may reach the matcher, where an empty word could meet an empty word.
func casbinRequest(set *policies.Set, req Request) (casbinLine, bool) {
	if _, ok := set.Pair(req.Role, req.Department); !ok {
		return casbinLine{}, false
	}
	register, classification := req.Register, req.Classification
	switch actionScope(req.Action) {
	case scopeRegister:
		_, known := set.Register(register)
		_, sorted := set.Classification(classification)
		if !known || !sorted {
			return casbinLine{}, false
		}
	case scopeCapability:
		if register != "" || classification != "" {
			return casbinLine{}, false
		}
		register, classification = policies.None, policies.None
	default:
		return casbinLine{}, false
	}
	purpose, ok := casbinPurpose(set, req.Purpose)
	if !ok {
		return casbinLine{}, false
	}
	kase, brought := policies.ConditionAny, policies.ConditionAny
	if req.MatchingCase {
		kase = policies.CaseMatching
	}
	if req.OwnBrought {
		brought = policies.BroughtOwn
	}
	return casbinLine{req.Role, req.Department, register, classification, req.Action, purpose, kase, brought}, true
}

// casbinPurpose returns the purpose in Casbin's words; false when it is unknown.
func casbinPurpose(set *policies.Set, purpose string) (string, bool) {
	if purpose == "" {
		return policies.None, true
	}
	if isCasePurpose(purpose) {
		return policies.PurposeCase, true
	}
	_, ok := set.Purpose(purpose)
	return purpose, ok
}

// isCasePurpose reports whether the purpose is a case, named or not.
func isCasePurpose(purpose string) bool {
	return purpose == policies.PurposeCase || len(purpose) > len(casePrefix) && strings.HasPrefix(purpose, casePrefix)
}

// scope says what an action needs.
type scope uint8

const (
	scopeUnknown scope = iota
	scopeRegister
	scopeCapability
)

// actionScope returns what the action needs, scopeUnknown for no action at all.
func actionScope(action string) scope {
	for _, a := range policies.RegisterActions() {
		if a == action {
			return scopeRegister
		}
	}
	for _, a := range policies.Capabilities() {
		if a == action {
			return scopeCapability
		}
	}
	return scopeUnknown
}

// newEnforcer returns an enforcer over these rules. It refuses to make one without any, or
// with a matcher that doesn't ask them: Casbin then evaluates the matcher once against
// empty fields, and a match is an allow.
func newEnforcer(text string, rules []policies.Rule) (*casbin.Enforcer, error) {
	if len(rules) == 0 {
		return nil, errors.New("acl: no rules to decide by")
	}
	m, err := model.NewModelFromString(text)
	if err != nil {
		return nil, fmt.Errorf("acl: casbin model: %w", err)
	}
	if matcher, err := m.GetAssertion("m", "m"); err != nil || !strings.Contains(matcher.Value, "p_") {
		return nil, errors.New("acl: the model's matcher doesn't ask the rules")
	}
	for _, rule := range rules {
		if err := m.AddPolicy("p", "p", rule.Casbin()); err != nil {
			return nil, fmt.Errorf("acl: casbin rule %s: %w", rule.ID, err)
		}
	}
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("acl: casbin: %w", err)
	}
	e.AddFunction("holds", holds)
	return e, nil
}

// holds is the model's function: is the second argument one of the words in the first?
func holds(args ...any) (any, error) {
	if len(args) != 2 {
		return false, errors.New("acl: holds takes two arguments")
	}
	words, okWords := args[0].(string)
	word, okWord := args[1].(string)
	if !okWords || !okWord {
		return false, errors.New("acl: holds takes words")
	}
	for rest, more := words, word != ""; more; {
		var first string
		if first, rest, more = strings.Cut(rest, " "); first == word {
			return true, nil
		}
	}
	return false, nil
}

// enforce asks and reads the deciding rule. Whatever Casbin says beside an error, the
// decision is a deny.
func enforce(e *casbin.Enforcer, line casbinLine) (Decision, error) {
	allow, why, err := e.EnforceEx(line[:]...)
	if err != nil {
		return Decision{}, fmt.Errorf("acl: casbin: %w", err)
	}
	if len(why) == 0 {
		if allow {
			return Decision{}, errors.New("acl: casbin allows without a rule")
		}
		return Decision{}, nil
	}
	return Decision{Allow: allow, Rule: why[0]}, nil
}
