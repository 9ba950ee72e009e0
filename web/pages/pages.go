package pages

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/archive"
	"eakte/policies"
	"eakte/web/ui"
)

// Config is what [Pages] work with. All fields are required.
type Config struct {
	Guard    *acl.Guard
	Policies *policies.Set
	Host     Host
	// Authority is whose files these are, as pages say it.
	Authority string
	// Dir is where pages are read from while they are written; may be empty.
	Dir string
}

// Host is the server around the pages.
type Host interface {
	// Visit tells who asks.
	Visit(ctx context.Context) Visit
	// Desk is the asker's, for a purpose; "" leaves it to those stated for single Akten.
	Desk(ctx context.Context, purpose string) *acl.Desk
	// SignIn opens a session, SignOut ends it; both set the cookie. With [acl.ErrCodeRequired] the browser is known for a
	// few minutes as one whose password was right: Halfway tells whether it is and whether the account has codes, and SignInCode signs
	// it in.
	SignIn(c *gin.Context, name, password string) error
	Halfway(c *gin.Context) (codes, ok bool)
	SignInCode(c *gin.Context, code string) error
	// Elsewhere is where people sign in who have no password here; nil: nowhere. GoElsewhere begins a sign-in there, for who is signed
	// in a proof of who she is, and returns where to send the browser; ComeBack ends it and returns where to go on: both set
	// cookies. EndElsewhere is where one signs out there; "": nowhere.
	Elsewhere(ctx context.Context) *Elsewhere
	GoElsewhere(c *gin.Context, to string) (address string, err error)
	ComeBack(c *gin.Context) (to string, err error)
	EndElsewhere(c *gin.Context) (address string)
	// Prove notes that the asker proved once more who she is, by her password and, where she has a second factor, a code.
	Prove(c *gin.Context, password, code string) error
	// AskPasskey is what a browser is to be asked for a passkey by, to sign in or, where somebody is, to prove who she is; SignInPasskey
	// and ProvePasskey take its answer. AskNewPasskey and AddPasskey do so for one that is to be made. All set cookies.
	AskPasskey(c *gin.Context) (options json.RawMessage, err error)
	SignInPasskey(c *gin.Context, answer string) error
	ProvePasskey(c *gin.Context, answer string) error
	AskNewPasskey(c *gin.Context, office string) (options json.RawMessage, err error)
	AddPasskey(c *gin.Context, name, answer string) error
	// Renew gives the session another id after what the asker proves herself by was changed.
	Renew(c *gin.Context) error
	SignOut(c *gin.Context) error
	// SignedIn lists the asker's sessions, the present one first; EndSessions ends the one with the id, or all but
	// the present one for "".
	SignedIn(ctx context.Context) ([]SignedIn, error)
	EndSessions(ctx context.Context, id string) error
	// Session is the asker's; nil where nobody signed in.
	Session(ctx context.Context) Session
	// Hold keeps, for a few days and for nobody else, what who last signed in at this browser typed into a
	// form that is posted to path, and names it; "" where nobody did, or nothing can be kept.
	Hold(c *gin.Context, path string, typed url.Values) (string, error)
	// Release forgets what was held, now that it was sent again, if it was meant for the path of the request.
	Release(c *gin.Context, id string) error
	// Resume serves a request as if what was held was posted, but changes nothing: see [Visit].Held.
	// [archive.ErrNotFound] for who didn't type it.
	Resume(c *gin.Context, id string) error
	// Send sends received bytes as a file to keep, and closes them.
	Send(c *gin.Context, content *acl.Content) error
	// Print sends a receipt as a file to keep.
	Print(c *gin.Context, made acl.Acknowledgement) error
	// Hand sends a PDF that was made of a document as a file to keep, and closes it.
	Hand(c *gin.Context, made *acl.Rendition) error
	// Deliver sends the package of an inquiry as a file to keep, and closes it.
	Deliver(c *gin.Context, f *acl.InquiryFile) error
	// Explain turns an error into words, and logs it where it is the server's fault.
	Explain(ctx context.Context, language string, err error) Problem
}

// Visit is who asks.
type Visit struct {
	// User is zero where nobody signed in.
	User archive.User
	// Language is that of the browser.
	Language string
	// Correlation names the request in log and trail.
	Correlation string
	// Held names the form that is shown once more with what was typed; empty: an ordinary request. Desks
	// answer every change with [acl.ErrUnconfirmed] then.
	Held string
	// Withheld says that a role gives User no right before she has a second factor.
	Withheld bool
}

// Session keeps values while somebody is signed in. They are sealed and end with it.
type Session interface {
	// Get returns "" where nothing is kept.
	Get(key string) string
	Put(key, value string) error
	// State binds a purpose to an Akte.
	State(id archive.AkteID, purpose string) error
	// Stated is the purpose bound to an Akte; "" if none is.
	Stated(id archive.AkteID) string
	// Proven reports whether the session proved of late who it belongs to.
	Proven() bool
	// Ends is how long the session lives without another request.
	Ends() time.Duration
	// Mark tells sessions of different accounts apart.
	Mark() string
	// Form is what the forms of a page carry, so that they act for nobody else; Shown reports whether one
	// was for this account.
	Form() string
	Shown(form string) bool
}

// SignedIn is where somebody is signed in. ID opens nothing.
type SignedIn struct {
	ID                 string
	SignedIn, LastSeen time.Time
	// Address and Device may be empty.
	Address, Device string
	Current         bool
}

// Problem is an error in words.
type Problem struct {
	Status        int
	Kind          string
	Title, Detail string
	Faults        []ui.Fault
	// Retry is after how many seconds trying again helps; 0: it doesn't.
	Retry int
	// Revision is the present one where another was named.
	Revision int64
}

// Pages serve the places of the product. They are safe for concurrent use.
type Pages struct {
	Config
	ui *ui.Set
}

// New returns Pages. The error names a template or text that is broken.
func New(cfg Config) (*Pages, error) {
	if cfg.Guard == nil || cfg.Policies == nil || cfg.Host == nil {
		return nil, errors.New("pages: guard, policies and host are needed")
	}
	p := &Pages{Config: cfg}
	var err error
	p.ui, err = ui.New(ui.Config{Dir: cfg.Dir, Label: p.label, Zone: cfg.Guard.Zone})
	return p, err
}

// Routes is the table of contents. signed has only requests of who signed in.
func (p *Pages) Routes(open, signed gin.IRoutes) {
	static := func(c *gin.Context) { p.ui.Static().ServeHTTP(c.Writer, c.Request) } // the present one: it changes with Dir
	open.GET("/static/*path", static)
	open.HEAD("/static/*path", static)
	open.GET("/sign-in", p.handle((*Pages).showSignIn))
	open.POST("/sign-in", p.handle((*Pages).signIn))
	open.GET("/sign-in/code", p.handle((*Pages).showCode))
	open.POST("/sign-in/code", p.handle((*Pages).sendCode))

	open.POST("/sign-in/passkey/ask", p.handle((*Pages).askPasskey))
	open.POST("/sign-in/passkey", p.handle((*Pages).signInPasskey))

	open.GET("/sign-in/elsewhere", p.handle((*Pages).goElsewhere))
	open.GET("/sign-in/back", p.handle((*Pages).comeBack))
	open.GET("/sign-out/elsewhere", p.handle((*Pages).endElsewhere))

	open.GET("/session", p.handle((*Pages).sessionState))
	open.POST("/held", p.handle((*Pages).holdTyped))
	signed.GET("/held/:id", p.handle((*Pages).resume))

	signed.GET("/sign-in/again", p.handle((*Pages).showAgain))
	signed.POST("/sign-in/again", p.handle((*Pages).sendAgain))
	signed.GET("/sign-in/again/elsewhere", p.handle((*Pages).proveElsewhere))
	signed.POST("/sign-in/again/passkey", p.handle((*Pages).provePasskey))
	signed.POST("/sign-out", p.handle((*Pages).signOut))
	signed.POST("/session", p.handle((*Pages).staySignedIn))
	signed.GET("/", p.handle((*Pages).showDay))
	signed.POST("/drafts/drop", p.handle((*Pages).dropDraft))
	signed.GET("/profile", p.handle((*Pages).showProfile))
	signed.POST("/profile", p.handle((*Pages).changeProfile))
	signed.POST("/profile/searches/drop", p.handle((*Pages).dropSearch))
	signed.POST("/profile/sessions/end", p.handle((*Pages).endSessions))
	signed.GET("/profile/factor", p.handle(codesBeside((*Pages).showFactor)))
	signed.POST("/profile/factor", p.handle(codesBeside((*Pages).setFactor)))
	signed.POST("/profile/factor/remove", p.handle((*Pages).dropFactor))
	signed.GET("/profile/passkeys", p.handle(again((*Pages).showPasskeys)))
	signed.POST("/profile/passkeys", p.handle(again((*Pages).addPasskey)))
	signed.POST("/profile/passkeys/ask", p.handle(again((*Pages).askNewPasskey)))
	signed.POST("/profile/passkeys/rename", p.handle((*Pages).renamePasskey))
	signed.POST("/profile/passkeys/remove", p.handle(again((*Pages).dropPasskey)))

	signed.GET("/akten", p.handle((*Pages).listAkten))
	signed.GET("/akten/new", p.handle((*Pages).showEntry))
	signed.POST("/akten/new", p.handle((*Pages).enter))
	signed.POST("/akten/:id/pin", p.handle((*Pages).pinAkte))
	signed.POST("/akten/:id/unpin", p.handle((*Pages).unpinAkte))

	signed.GET("/akten/:id", p.handle((*Pages).showAkte))
	signed.GET("/akten/:id/documents/:doc", p.handle((*Pages).showAkte))
	signed.POST("/akten/:id/documents/:doc/retry", p.handle((*Pages).retryDocument))
	signed.POST("/akten/:id/documents/:doc/unlock", p.handle((*Pages).unlockDocument))
	signed.POST("/akten/:id/documents/:doc/quarantine", p.handle((*Pages).quarantineDocument))
	signed.POST("/akten/:id/documents/:doc/recognise", p.handle((*Pages).rereadDocument))
	signed.GET("/akten/:id/documents/:doc/disclose", p.handle(p.showDocumentForm("disclose")))
	signed.POST("/akten/:id/documents/:doc/disclose", p.handle(again((*Pages).discloseDocument)))
	signed.GET("/akten/:id/documents/:doc/copy/:form", p.handle((*Pages).showCopy))
	signed.POST("/akten/:id/documents/:doc/copy/:form", p.handle((*Pages).makeCopy))
	signed.GET("/akten/:id/bundle", p.handle((*Pages).showBundle))
	signed.POST("/akten/:id/bundle", p.handle(again((*Pages).orderBundle)))
	signed.GET("/akten/:id/bundle/:job", p.handle((*Pages).showBundleJob))
	signed.POST("/akten/:id/bundle/:job/cancel", p.handle((*Pages).cancelBundle))
	signed.GET("/akten/:id/acknowledgement", p.handle((*Pages).showAcknowledgement))
	signed.POST("/akten/:id/acknowledgement", p.handle((*Pages).acknowledge))
	signed.GET("/akten/:id/consignment", p.handle((*Pages).showConsignment))
	signed.POST("/akten/:id/consignment", p.handle((*Pages).consign))
	signed.POST("/akten/:id/consignment/rush", p.handle((*Pages).hasten))
	signed.POST("/akten/:id/consignment/end", p.handle((*Pages).takeBack))
	for _, path := range []string{"/akten/:id/seal", "/akten/:id/documents/:doc/seal"} {
		signed.GET(path, p.handle((*Pages).showSeal))
		signed.POST(path, p.handle((*Pages).askSeal))
	}
	signed.GET("/retention", p.handle((*Pages).listRetention))
	signed.POST("/retention", p.handle((*Pages).findProofs))
	signed.GET("/retention/:id", p.handle((*Pages).showErased))
	signed.POST("/retention/:id", p.handle(again((*Pages).decideErasure)))
	signed.GET("/akten/:id/documents/:doc/erase", p.handle((*Pages).showErase))
	signed.POST("/akten/:id/documents/:doc/erase", p.handle((*Pages).askErase))
	signed.GET("/akten/:id/retention", p.handle((*Pages).showRetention))
	signed.POST("/akten/:id/retention", p.handle((*Pages).keepAkte))
	signed.GET("/akten/:id/conflict", p.handle((*Pages).showConflict))
	signed.POST("/akten/:id/conflict", p.handle((*Pages).reportConflict))
	signed.GET("/conflicts/report", p.handle((*Pages).showConflictWords))
	signed.POST("/conflicts/report", p.handle((*Pages).sayConflict))
	signed.GET("/conflicts", p.handle((*Pages).listConflicts))
	signed.POST("/conflicts", p.handle((*Pages).layConflict))
	signed.POST("/conflicts/:id", p.handle(again((*Pages).decideConflict)))
	signed.POST("/conflicts/:id/dismiss", p.handle((*Pages).dismissConflict))
	signed.GET("/seals", p.handle((*Pages).listSeals))
	signed.GET("/seals/deserted", p.handle((*Pages).showDeserted))
	signed.POST("/seals/deserted", p.handle(again((*Pages).nameReaders)))
	signed.POST("/seals/:id", p.handle(again((*Pages).decideSeal)))
	signed.GET("/consignments", p.handle((*Pages).listConsignments))
	p.inquiryRoutes(signed)
	p.correctionRoutes(signed)
	p.grantRoutes(signed)
	p.breakGlassRoutes(signed)
	p.substituteRoutes(signed)
	signed.GET("/deliveries", p.handle((*Pages).listDeliveries))
	signed.GET("/deliveries/:id", p.handle((*Pages).showDelivery))
	signed.GET("/deliveries/:id/receipt", p.handle((*Pages).deliveryReceipt))
	signed.GET("/akten/:id/edit", p.handle((*Pages).showEdit))
	signed.POST("/akten/:id/edit", p.handle((*Pages).changeAkte))
	signed.POST("/akten/:id/cases", p.handle((*Pages).openCase))
	signed.POST("/akten/:id/cases/:case/close", p.handle((*Pages).closeCase))
	for _, part := range []string{"edit", "move", "classify"} {
		signed.GET("/akten/:id/documents/:doc/"+part, p.handle(p.showDocumentForm(part)))
		signed.POST("/akten/:id/documents/:doc/"+part, p.handle(p.sendDocumentForm(part)))
	}
	signed.GET("/akten/:id/documents/:doc/alike", p.handle((*Pages).showMoreLike))
	signed.GET("/akten/:id/documents/:doc/transfer", p.handle((*Pages).showTransfer))
	signed.POST("/akten/:id/documents/:doc/judge", p.handle((*Pages).judgeScan))
	signed.GET("/akten/:id/documents/:doc/originals", p.handle((*Pages).showCustody))
	signed.POST("/akten/:id/documents/:doc/originals", p.handle((*Pages).takeOriginal))
	signed.POST("/akten/:id/documents/:doc/originals/:original", p.handle((*Pages).actOnOriginal))
	signed.GET("/akten/:id/documents/:doc/originals/:original/receipt", p.handle((*Pages).showReceipt))
	signed.GET("/originals", p.handle((*Pages).showOriginals))
	signed.GET("/approvals", p.handle((*Pages).showApprovals))
	signed.GET("/approvals/next", p.handle((*Pages).nextApproval))
	signed.GET("/papers", p.handle((*Pages).showPapers))
	signed.POST("/papers", p.handle((*Pages).releasePapers))
	signed.POST("/akten/:id/documents/:doc/check", p.handle((*Pages).checkDocument))

	signed.GET("/persons/:id", p.handle((*Pages).showPerson))
	signed.GET("/persons/:id/edit", p.handle((*Pages).showPersonForm))
	signed.POST("/persons/:id/edit", p.handle((*Pages).changePerson))
	signed.POST("/persons/:id/akten", p.handle((*Pages).openAkteOf))
	signed.GET("/persons/:id/particulars/:group", p.handle((*Pages).showParticular))
	signed.POST("/persons/:id/particulars/:group", p.handle((*Pages).changeParticular))
	signed.GET("/persons/:id/purpose", p.handle((*Pages).showPersonPurposes))
	signed.POST("/persons/:id/purpose", p.handle((*Pages).statePersonPurpose))

	signed.GET("/search", p.handle((*Pages).showSearch))
	signed.POST("/search", p.handle((*Pages).search))
	signed.GET("/search/preview", p.handle((*Pages).showPreview))
	signed.POST("/search/save", p.handle((*Pages).saveSearch))
	signed.POST("/search/persons", p.handle((*Pages).personsTyped))
	signed.POST("/search/notify", p.handle((*Pages).notifySearch))
	signed.POST("/search/forget", p.handle((*Pages).forgetSearch))
	p.inboxRoutes(signed)
	signed.GET("/separators", p.handle((*Pages).showSeparators))
	signed.POST("/separators", p.handle((*Pages).keepStacks))

	signed.GET("/inbox/upload", p.handle((*Pages).showDrop))
	signed.POST("/inbox/upload", p.handle((*Pages).dropFiles))
	signed.GET("/akten/:id/add", p.handle((*Pages).showAddDocument))
	signed.POST("/akten/:id/add", p.handle((*Pages).addDocuments))
	signed.GET("/akten/:id/documents/:doc/version", p.handle((*Pages).showAddVersion))
	signed.POST("/akten/:id/documents/:doc/version", p.handle((*Pages).addVersion))

	signed.GET("/akten/:id/purpose", p.handle((*Pages).showPurposes))
	signed.POST("/akten/:id/purpose", p.handle((*Pages).statePurpose))

	p.offices(signed)
}

// offices are the places of who answers for the system and its rules: operations, leads, data protection.
func (p *Pages) offices(signed gin.IRoutes) {
	signed.GET("/operations", p.handle((*Pages).showSystem))
	signed.GET("/operations/queue", p.handle((*Pages).showQueue))
	signed.POST("/operations/jobs/:id/retry", p.handle((*Pages).retryJob))
	signed.GET("/operations/users", p.handle((*Pages).showUsers))
	signed.POST("/operations/users", p.handle(again((*Pages).addUser)))
	signed.GET("/operations/users/:id", p.handle((*Pages).showUser))
	signed.POST("/operations/users/:id", p.handle(again((*Pages).changeUser)))
	signed.POST("/operations/users/:id/password", p.handle(again((*Pages).setPassword)))
	signed.POST("/operations/users/:id/tokens", p.handle(again((*Pages).createToken)))
	signed.POST("/operations/users/:id/revoke", p.handle((*Pages).revokeToken))
	signed.GET("/proposals", p.handle((*Pages).showProposals))
	signed.POST("/proposals", p.handle(again((*Pages).decideProposal)))
	signed.GET("/rules", p.handle((*Pages).showPolicies))
	signed.POST("/rules", p.handle((*Pages).proposePolicy))
	signed.GET("/rules/explain", p.handle((*Pages).showExplain))
	signed.POST("/rules/explain", p.handle((*Pages).explain))
	signed.GET("/rules/processing", p.handle((*Pages).showProcessing))
	signed.GET("/rules/:number", p.handle((*Pages).showPolicy))
	signed.GET("/rules/:number/simulation", p.handle((*Pages).showSimulation))
	signed.POST("/rules/:number/judge", p.handle(again((*Pages).judgePolicy)))
	signed.POST("/rules/:number/restore", p.handle((*Pages).restorePolicy))
	p.trailRoutes(signed)
}

// handle makes a handler of gin out of one of ours: errors become pages.
func (p *Pages) handle(fn func(*Pages, *request) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		r := p.request(c)
		err := r.owned()
		if err == nil {
			err = fn(p, r)
		}
		if err != nil {
			p.fail(r, err)
			return
		}
		r.release()
	}
}

// Fail answers with a page that tells of an error, for requests that reached no handler.
func (p *Pages) Fail(c *gin.Context, err error) { p.fail(p.request(c), err) }

// Paths are the addresses that answer GET with a page or with a part of one, as routes write them
// ("/akten/:id"), in order. They are for tests that look at all of them. What scripts ask is none, nor what only leads on to another.
func Paths() []string {
	gin.SetMode(gin.ReleaseMode) // else the engine talks
	engine := gin.New()
	new(Pages).Routes(engine, engine)
	var paths []string
	for _, route := range engine.Routes() {
		none := route.Path == "/session" || route.Path == "/approvals/next" || route.Path == "/sign-in/back" ||
			strings.HasSuffix(route.Path, "/elsewhere") || strings.HasPrefix(route.Path, "/static/")
		if route.Method == http.MethodGet && !none {
			paths = append(paths, route.Path)
		}
	}
	slices.Sort(paths)
	return paths
}
