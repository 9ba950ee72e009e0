package web

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"eakte/acl"
	"eakte/web/pages"
)

// What a route takes beside its input, for the description.
const (
	purposed = 1 << iota // a purpose
	once                 // an Idempotency-Key
	created              // answers 201
	bytesOut             // answers with bytes
	accepted             // answers 202
	again                // a session that proved of late who it belongs to
)

// routes is the table of contents. The error is the tus protocol's, which finds a mistake in its set-up.
func (s *Server) routes() error {
	s.health()

	s.public("POST", "/session", "Sign in", s.openSession)
	s.raw("DELETE", "/session", "Sign out", 0, s.closeSession)
	handle(s, "POST", "/session/proof", "Prove once more who I am: the session gets another id", 0, s.proveSession)
	handle(s, "GET", "/me", "Who I am", 0, s.showMe)
	s.mine()

	for _, l := range s.lists() {
		handle(s, "GET", "/"+l.name, l.summary, 0, l.show)
	}

	handle(s, "POST", "/persons", "Enter a person", once|created, s.createPerson)
	handle(s, "POST", "/persons/locate", "Learn enough of a person to file a paper", 0, s.locatePersons)
	handle(s, "GET", "/persons/{id}", "Show a person", purposed, s.showPerson)
	handle(s, "PATCH", "/persons/{id}", "Change a person", purposed, s.changePerson)
	handle(s, "PUT", "/persons/{id}/particulars/{group}", "Change what is recorded of a person in a group of fields", purposed, s.changeParticular)
	s.corrections()

	handle(s, "POST", "/akten", "Open an Akte", once|created|purposed, s.createAkte)
	handle(s, "GET", "/akten", "List Akten, newest first", purposed, s.listAkten)
	handle(s, "GET", "/akten/{id}", "Show the head of an Akte", purposed, s.showAkte)
	handle(s, "PATCH", "/akten/{id}", "Change the head of an Akte", purposed, s.changeAkte)
	handle(s, "GET", "/akten/{id}/cases", "List the cases of an Akte", purposed, s.listCases)
	handle(s, "POST", "/akten/{id}/cases", "Open a case", purposed|once|created, s.openCase)
	handle(s, "POST", "/cases/{id}/close", "Close a case", purposed, s.closeCase)
	handle(s, "GET", "/akten/{id}/documents", "List documents by register and date", purposed, s.listDocuments)
	s.upload("/akten/{id}/documents", "Bring a document into an Akte", purposed, typeOf[documentMeta](), typeOf[documentView](), s.addDocument)

	s.bundles()
	s.separators()
	s.acknowledgements()
	s.consignments()
	s.grants()
	s.seals()
	s.retentions()
	s.erasures()
	s.conflicts()
	s.inquiries()
	s.breakGlass()
	s.substitutes()
	s.deliveries()

	handle(s, "GET", "/documents/{id}", "Show what is recorded of a document", purposed, s.showDocument)
	handle(s, "GET", "/documents/{id}/alike", "List documents that resemble one, best first", purposed, s.moreLike)
	handle(s, "GET", "/documents/{id}/enclosures", "List what a document was enclosed in, and what in it", purposed, s.listEnclosures)
	handle(s, "PATCH", "/documents/{id}", "Change what is recorded of a document", purposed, s.changeDocument)
	handle(s, "POST", "/documents/{id}/move", "Move a document", purposed, s.moveDocument)
	handle(s, "POST", "/documents/{id}/unlock", "Open a document's file with its password, which is not kept", purposed, s.unlockDocument)
	handle(s, "POST", "/documents/{id}/quarantine", "Ask for, grant or decline the release of a document held back as malware", purposed, s.quarantineDocument)
	handle(s, "POST", "/documents/{id}/recognise", "Recognise a document once more, in a language of mine or that of its pages", purposed, s.rereadDocument)
	s.upload("/documents/{id}/versions", "Add a version", purposed, typeOf[versionMeta](), typeOf[documentView](), s.addVersion)
	s.contents("/documents/{id}", purposed)
	s.renditions()
	s.disclosures()
	s.transfers()
	s.custodies()
	s.papers()
	s.approvals()
	handle(s, "POST", "/documents/{id}/hits", "Find where in a document words stand", purposed, s.findHits)

	s.upload("/inbox", "Drop a paper into a basket", 0, typeOf[inboxMeta](), typeOf[inboxView](), s.addInboxItem)
	handle(s, "GET", "/inbox", "List a basket, oldest first", 0, s.listInbox)
	handle(s, "GET", "/inbox/baskets", "Count what lies in my baskets", 0, s.listBaskets)
	handle(s, "GET", "/inbox/filed", "List what I filed today", 0, s.listFiled)
	handle(s, "GET", "/inbox/{id}", "Show an inbox item", 0, s.showInboxItem)
	handle(s, "GET", "/inbox/{id}/alike", "Find the same paper received another time: in the basket, and in Akten", purposed, s.listAlike)
	handle(s, "PATCH", "/inbox/{id}", "Change what is known of how an inbox item came in", 0, s.changeInboxItem)
	handle(s, "POST", "/inbox/{id}/claim", "Claim an inbox item for 15 minutes", 0, s.claimInboxItem)
	s.raw("DELETE", "/inbox/{id}/claim", "Give up my claim on an inbox item", 0, s.releaseInboxItem)
	handle(s, "POST", "/inbox/{id}/set-aside", "Let an inbox item wait in its basket", 0, s.setAsideInboxItem)
	handle(s, "POST", "/inbox/{id}/take-up", "Take up an inbox item that was set aside", 0, s.takeUpInboxItem)
	handle(s, "POST", "/inbox/{id}/file", "File an inbox item into one or several Akten", purposed|once, s.fileInboxItem)
	handle(s, "POST", "/inbox/{id}/arrange", "Turn, reorder, split and merge the pages of inbox items", 0, s.arrangeInboxItem)
	handle(s, "POST", "/inbox/{id}/undo-arrange", "Take an arrangement of pages back", 0, s.undoArrangeInboxItem)
	handle(s, "POST", "/inbox/{id}/unfile", "Take my filing of an inbox item back", 0, s.unfileInboxItem)
	handle(s, "POST", "/inbox/{id}/unlock", "Open a file with its password, which is not kept", 0, s.unlockInboxItem)
	handle(s, "POST", "/inbox/{id}/recognise", "Recognise an inbox item once more, in a language of mine or that of its pages", 0, s.rereadInboxItem)
	handle(s, "POST", "/inbox/{id}/route", "Send an inbox item to another basket", 0, s.routeInboxItem)
	handle(s, "POST", "/inbox/{id}/quarantine", "Ask for, grant or decline the release of an item held back as malware", 0, s.quarantineInboxItem)
	s.contents("/inbox/{id}", 0)

	if err := s.resumable(); err != nil {
		return err
	}

	handle(s, "POST", "/search", "Find documents and persons", purposed, s.search)
	handle(s, "POST", "/search/persons", "Find persons while a name is being typed", purposed, s.personsTyped)
	handle(s, "GET", "/jobs/{id}", "Show a job", purposed, s.showJob)
	s.raw("DELETE", "/jobs/{id}", "End a job that I started", 0, s.cancelJob)
	s.eventStream()
	handle(s, "POST", "/jobs/{id}/retry", "Try a failed job again", purposed, s.retryJob)

	s.operations()

	handle(s, "GET", "/audit/events", "Read the trail, newest first", 0, s.listEvents)
	handle(s, "POST", "/audit/subjects", "Find whose events to list, by number or name", 0, s.findSubjects)
	handle(s, "GET", "/audit/summary", "How the trail stands today", 0, s.summariseEvents)
	s.export("/audit/events.csv", "The trail as a table, at most 100,000 events", s.exportTable)
	s.export("/audit/events.json", "The trail as JSON, at most 100,000 events", s.exportJSON)
	s.officers()
	s.raw("GET", "/audit/checkpoint", "A signed checkpoint of the trail", bytesOut, s.checkpoint)
	return nil
}

// mine are the routes to what everybody has for herself.
func (s *Server) mine() {
	handle(s, "GET", "/me/sessions", "List where I am signed in", 0, s.listSessions)
	s.raw("DELETE", "/me/sessions", "Sign out everywhere but here", 0, s.dropSession)
	s.raw("DELETE", "/me/sessions/{id}", "Sign out elsewhere", 0, s.dropSession)
	handle(s, "GET", "/me/day", "What waits for me", 0, s.showDay)
	handle(s, "GET", "/me/profile", "What I set and keep for myself", 0, s.showProfile)
	handle(s, "PATCH", "/me/profile", "Change how pages are", 0, s.changeProfile)
	handle(s, "PUT", "/me/pins/{akte}", "Keep an Akte at hand", 0, s.pinAkte)
	handle(s, "DELETE", "/me/pins/{akte}", "Let an Akte go", 0, s.unpinAkte)
	handle(s, "GET", "/me/searches", "List the searches I keep", 0, s.listSearches)
	handle(s, "POST", "/me/searches", "Keep a search", created, s.saveSearch)
	handle(s, "DELETE", "/me/searches/{id}", "Forget a search", 0, s.dropSearch)
	handle(s, "PATCH", "/me/searches/{id}", "Have new hits of a search counted, or not", 0, s.changeSearch)
	handle(s, "GET", "/me/searches/{id}/new", "Find what came to fit a search since I looked", purposed, s.findNew)
	handle(s, "POST", "/me/searches/{id}/seen", "Count what is new as seen", 0, s.seeNew)
	handle(s, "GET", "/me/drafts", "List what I typed and did not send", 0, s.listDrafts)
	s.json("GET", "/me/drafts/{key...}", "Show what I typed", nil, typeOf[draftView](), s.showDraft)
	s.json("PUT", "/me/drafts/{key...}", "Keep what I typed so far, for 30 days", typeOf[draftBody](), typeOf[draftView](), s.saveDraft)
	s.raw("DELETE", "/me/drafts/{key...}", "Forget what I typed", 0, s.dropDraft)
	handle(s, "GET", "/colleagues", "Who works in a department of mine", 0, s.listColleagues)
}

// operations are the routes of who operates the system, and of leads who confirm what she proposes.
func (s *Server) operations() {
	handle(s, "GET", "/pairs", "Roles in departments that accounts can have", 0, s.listPairs)
	handle(s, "GET", "/users", "List accounts by name", 0, s.listUsers)
	handle(s, "POST", "/users", "Make an account; its roles wait for a lead", created|again, s.addUser)
	handle(s, "GET", "/users/{id}", "Show an account", 0, s.showUser)
	handle(s, "PATCH", "/users/{id}", "Change an account; new roles wait for a lead", again, s.changeUser)
	handle(s, "POST", "/users/{id}/password", "Set another account's password", again, s.setUserPassword)
	handle(s, "GET", "/users/{id}/tokens", "List an account's tokens", 0, s.listTokens)
	handle(s, "POST", "/tokens", "Make a token for a technical account", created|again, s.createToken)
	s.raw("DELETE", "/tokens/{id}", "Revoke a token", 0, s.revokeToken)
	handle(s, "GET", "/proposals", "Roles that wait for my word", 0, s.listProposals)
	handle(s, "POST", "/proposals/decide", "Confirm a role or turn it down", again, s.decideProposal)
	s.rules()
	handle(s, "GET", "/jobs", "How the machine's work stands", 0, s.showQueue)
	handle(s, "GET", "/system", "How the installation stands", 0, s.showSystem)
}

// contents are the routes to the content of whatever holds a version.
func (s *Server) contents(path string, traits int) {
	for _, method := range []string{"GET", "HEAD"} {
		s.raw(method, path+"/original", "The received bytes", traits|bytesOut, s.original)
	}
	s.raw("GET", path+"/text", "The recognised text, pages separated by form feeds", traits|bytesOut, s.text)
	s.raw("GET", path+"/pages/{n}/image", "A page as JPEG", traits|bytesOut, s.image)
	s.raw("GET", path+"/pages/{n}/words", "The words of a page and where they stand", traits|bytesOut, s.words)
}

// handle registers a JSON route for who signed in. fn is given her desk.
func handle[I, O any](s *Server, method, path, summary string, traits int, fn func(context.Context, *acl.Desk, *I) (*O, error)) {
	op := s.operation(method, path, summary, traits)
	huma.Register(s.signed, op, func(ctx context.Context, in *I) (*O, error) {
		v := visitOf(ctx)
		if traits&again != 0 && !s.provenBy(v) {
			return nil, s.problemOf(ctx, pages.ErrAgain).in(v.language, v.id)
		}
		out, err := fn(ctx, deskOf(ctx), in)
		if err != nil {
			return nil, s.problemOf(ctx, err).in(v.language, v.id)
		}
		return out, nil
	})
}

// public registers the one JSON route for who has not signed in.
func (s *Server) public(method, path, summary string, fn func(context.Context, *signInInput) (*signInOutput, error)) {
	op := s.operation(method, path, summary, 0)
	op.Security = []map[string][]string{}
	huma.Register(s.open, op, func(ctx context.Context, in *signInInput) (*signInOutput, error) {
		out, err := fn(ctx, in)
		if err != nil {
			v := visitOf(ctx)
			return nil, s.problemOf(ctx, err).in(v.language, v.id)
		}
		return out, nil
	})
}

// raw registers a route that reads or writes other things than JSON.
func (s *Server) raw(method, path, summary string, traits int, fn func(*gin.Context, *acl.Desk) error) {
	op := s.operation(method, path, summary, traits)
	for _, name := range pathParams(path) {
		kind := huma.TypeString
		if name == "n" || name == "year" || name == "seq" {
			kind = huma.TypeInteger
		}
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: kind}})
	}
	if traits&again != 0 {
		fn = s.provenFirst(fn)
	}
	ok := &huma.Response{Description: "Done"}
	if traits&bytesOut != 0 {
		ok.Content = map[string]*huma.MediaType{"application/octet-stream": {Schema: binary()}}
		op.Responses["200"] = ok
	} else {
		op.Responses["204"] = ok
	}
	s.document(&op, fn)
}

// json registers a route for JSON whose path has slashes in a parameter, which huma doesn't know. in is
// nil where nothing comes in.
func (s *Server) json(method, path, summary string, in, out reflect.Type, fn func(*gin.Context, *acl.Desk) error) {
	op := s.operation(method, path, summary, 0)
	for _, name := range pathParams(path) {
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	content := func(t reflect.Type) map[string]*huma.MediaType {
		return map[string]*huma.MediaType{"application/json": {Schema: s.registry().Schema(t, true, "")}}
	}
	if in != nil {
		op.RequestBody = &huma.RequestBody{Required: true, Content: content(in)}
	}
	op.Responses["200"] = &huma.Response{Description: "Done", Content: content(out)}
	s.document(&op, fn)
}

// upload registers a route that takes a file.
func (s *Server) upload(path, summary string, traits int, meta, made reflect.Type, fn func(*gin.Context, *acl.Desk) error) {
	op := s.operation("POST", path, summary, traits|once)
	for _, name := range pathParams(path) {
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {
		Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"file"},
			Properties: map[string]*huma.Schema{"file": binary(), "meta": s.registry().Schema(meta, true, "")},
		},
		Encoding: map[string]*huma.Encoding{"meta": {ContentType: "application/json"}},
	}}}
	op.Responses["201"] = &huma.Response{Description: "Created", Content: map[string]*huma.MediaType{
		"application/json": {Schema: s.registry().Schema(made, true, "")},
	}}
	s.document(&op, fn)
}

// document describes an operation and gives its path to gin.
func (s *Server) document(op *huma.Operation, fn func(*gin.Context, *acl.Desk) error) {
	path := strings.NewReplacer("{key...}", "*key", "{", ":", "}", "").Replace(op.Path)
	op.Path = strings.ReplaceAll(op.Path, "...", "") // OpenAPI has no word for the rest of a path
	s.signed.OpenAPI().AddOperation(op)
	s.signedGroup.Handle(op.Method, path, func(c *gin.Context) {
		ctx := c.Request.Context()
		if err := fn(c, deskOf(ctx)); err != nil {
			s.answer(s.problemOf(ctx, err))(c)
		}
	})
}

// operation describes what all routes have in common.
func (s *Server) operation(method, path, summary string, traits int) huma.Operation {
	op := huma.Operation{
		OperationID: operationID(method, path), Method: method, Path: path, Summary: summary,
		Security:         []map[string][]string{{"token": {}}, {"session": {}}},
		SkipValidateBody: true, MaxBodyBytes: jsonBytes, BodyReadTimeout: -1,
		Responses: map[string]*huma.Response{"default": s.problemSchema()},
	}
	if traits&again != 0 {
		op.Description = "A session must have proved of late who it belongs to: else 403 with a type ending in /sign-in-again, and POST /session/proof."
	}
	if traits&created != 0 {
		op.DefaultStatus = http.StatusCreated
	}
	if traits&accepted != 0 {
		op.DefaultStatus = http.StatusAccepted
	}
	if traits&purposed != 0 {
		op.Parameters = append(op.Parameters, header("Eakte-Purpose", "Why: a code of /purposes or case:ID", false))
	}
	if traits&once != 0 {
		op.Parameters = append(op.Parameters, header("Idempotency-Key", "Carries the request out once, however often it comes within 24 hours", false))
	}
	return op
}

// operationID names an operation, "get-akten-id-documents".
func operationID(method, path string) string {
	return strings.ToLower(method) + strings.NewReplacer("/", "-", "{", "", "}", "", "...", "").Replace(path)
}

func pathParams(path string) (names []string) {
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(part, "{") {
			names = append(names, strings.TrimSuffix(strings.Trim(part, "{}"), "..."))
		}
	}
	return names
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
