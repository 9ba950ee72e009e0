package policies

// Actions on a register: a rule for one of them names registers and classifications. Their
// names are code, not data: a policy chooses who may, not what there is to do.
const (
	// ActExist is to learn that documents are there, and how many; nothing else of them.
	ActExist = "exist"
	// ActRead is to see documents and to find them by search.
	ActRead = "read"
	// ActWrite is to add documents, change their data, add versions, move them.
	ActWrite = "write"
	// ActFile is to file a paper out of a basket into a register; it shows nothing of what
	// lies there already.
	ActFile = "file"
	// ActDisclose is to hand content to a body outside the authority, such as an embassy.
	ActDisclose = "disclose"
)

// Capabilities: actions that concern no register. A rule for one of them names neither
// registers nor classifications, and a request for one must not either.
const (
	// ActInbox is to see and work the basket of the own department.
	ActInbox = "inbox"
	// ActRoute is to send an item of the own basket to another department's.
	ActRoute = "route"
	// ActUpload is to drop something into a basket.
	ActUpload = "upload"
	// ActLocate is to learn just enough of a person to file a paper or not to enter her twice.
	ActLocate = "locate"
	// ActReadFiled is to see again what one filed oneself, until the receiving department
	// has opened it, at most 24 hours.
	ActReadFiled = "filed.read"
	// ActPersonWrite is to enter persons and change what is recorded of them.
	ActPersonWrite = "person.write"
	// ActAkteCreate is to open an Akte.
	ActAkteCreate = "akte.create"
	// ActAkteChange is to change the head of an Akte: lead, team, participation, state.
	ActAkteChange = "akte.change"
	// ActGrant is to give another person a right of one's own for a time.
	ActGrant = "grant"
	// ActBreakGlass is to open an Akte in an emergency beyond one's rights, for an hour and to read. What is seen is what the
	// caseworkers of its lead department see: the first pair there that may do the same.
	ActBreakGlass = "breakglass"
	// ActRelease is to let received bytes out of quarantine that somebody else asked for.
	ActRelease = "release"
	// ActTrailRead is to read who did what.
	ActTrailRead = "trail.read"
	// ActRulesRead is to read the rules and who has which pair.
	ActRulesRead = "rules.read"
	// ActRulesPropose is to propose other access rules, which somebody else lets come into force.
	ActRulesPropose = "rules.propose"
	// ActRulesApprove is to let access rules that somebody else proposed come into force.
	ActRulesApprove = "rules.approve"
	// ActInform is to answer a person who asks what is kept about her: to look through it, and to hand it out together with
	// a second person.
	ActInform = "inform"
	// ActInspect is data protection's recorded inspection of one Akte.
	ActInspect = "inspect"
	// ActOperate is to run the system: ids, states, sizes, ages; no content.
	ActOperate = "operate"
)

// RegisterActions returns the actions on a register, in a fixed order.
func RegisterActions() []string {
	return []string{ActExist, ActRead, ActWrite, ActFile, ActDisclose}
}

// Capabilities returns the actions that concern no register, in a fixed order.
func Capabilities() []string {
	return []string{
		ActInbox, ActRoute, ActUpload, ActLocate, ActReadFiled, ActPersonWrite, ActAkteCreate,
		ActAkteChange, ActGrant, ActBreakGlass, ActRelease, ActTrailRead, ActRulesRead, ActRulesPropose, ActRulesApprove,
		ActInform, ActInspect, ActOperate,
	}
}
