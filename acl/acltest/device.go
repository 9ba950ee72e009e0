package acltest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// Origin is what people type to come to a [World]: passkeys are made for it.
const Origin = "https://akte.example"

// Flags of what a device says (WebAuthn, section 6.1).
const (
	flagPresent  = 0x01
	flagVerified = 0x04
	flagSyncable = 0x08
	flagSynced   = 0x10
	flagMade     = 0x40
)

// Device makes passkeys and signs with them, as a browser and its authenticator do together. What tests set makes it lie.
type Device struct {
	T testing.TB
	// Origin is where the browser says it is; empty: [Origin]. RP is whom the device thinks it signs for; empty: who asked.
	Origin, RP string
	// Unverified says that the device didn't make sure of its owner.
	Unverified bool
	// Framed says that the page stood in one of another origin.
	Framed bool
	// Syncable and Synced are what it says of its copies.
	Syncable, Synced bool
	// Count is how often it was used; it counts where Counts says so.
	Count  uint32
	Counts bool
	// Curve is that of the keys it makes; nil: P-256. Challenge, User and Key stand in for what is right.
	Curve     elliptic.Curve
	Challenge string
	User      []byte
	Key       *ecdsa.PrivateKey

	// ID and Owner are of the last passkey it made.
	ID, Owner []byte
}

// asked is what a browser is asked for, to make one or to use one.
type asked struct {
	Challenge string `json:"challenge"`
	RP        struct {
		ID string `json:"id"`
	} `json:"rp"`
	RPID string `json:"rpId"`
	User struct {
		ID string `json:"id"`
	} `json:"user"`
}

func (d *Device) read(options []byte) (a asked) {
	d.T.Helper()
	if err := json.Unmarshal(options, &a); err != nil {
		d.T.Fatalf("options %s: %v", options, err)
	}
	if d.Challenge != "" {
		a.Challenge = d.Challenge
	}
	if d.RP != "" {
		a.RP.ID, a.RPID = d.RP, d.RP
	}
	return a
}

func text64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// client is what the browser says it did.
func (d *Device) client(kind, challenge string) []byte {
	origin := d.Origin
	if origin == "" {
		origin = Origin
	}
	out, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": d.Framed})
	d.must(err)
	return out
}

// says is what the device says of itself, to whom, and how often it was used.
func (d *Device) says(rp string, flags byte) []byte {
	if d.Counts {
		d.Count++
	}
	flags |= flagPresent
	if !d.Unverified {
		flags |= flagVerified
	}
	if d.Syncable {
		flags |= flagSyncable
	}
	if d.Synced {
		flags |= flagSynced
	}
	sum := sha256.Sum256([]byte(rp))
	return binary.BigEndian.AppendUint32(append(sum[:], flags), d.Count)
}

// Make makes a passkey as it is asked to, and returns what the browser answers.
func (d *Device) Make(options []byte) []byte {
	d.T.Helper()
	a := d.read(options)
	curve, alg, crv := d.Curve, -7, 1
	if curve == nil {
		curve = elliptic.P256()
	}
	if curve == elliptic.P384() {
		alg, crv = -35, 2
	}
	var err error
	d.Key, err = ecdsa.GenerateKey(curve, rand.Reader)
	d.must(err)
	d.ID = make([]byte, 16)
	_, _ = rand.Read(d.ID) // never fails
	d.Owner, err = base64.RawURLEncoding.DecodeString(a.User.ID)
	d.must(err)
	size := (curve.Params().BitSize + 7) / 8
	key, err := cbor.Marshal(map[int]any{
		1: 2, 3: alg, -1: crv, -2: d.Key.X.FillBytes(make([]byte, size)), -3: d.Key.Y.FillBytes(make([]byte, size)),
	})
	d.must(err)
	said := append(d.says(a.RP.ID, flagMade), make([]byte, 16)...)
	said = append(binary.BigEndian.AppendUint16(said, uint16(len(d.ID))), d.ID...)
	object, err := cbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": append(said, key...)})
	d.must(err)
	return d.answer(map[string]any{
		"clientDataJSON": text64(d.client("webauthn.create", a.Challenge)), "attestationObject": text64(object), "transports": []string{"internal"},
	})
}

// Use signs what it is asked to with its last passkey, and returns what the browser answers.
func (d *Device) Use(options []byte) []byte {
	d.T.Helper()
	a := d.read(options)
	said, client := d.says(a.RPID, 0), d.client("webauthn.get", a.Challenge)
	sum := sha256.Sum256(client)
	over := sha256.Sum256(append(said[:len(said):len(said)], sum[:]...))
	signed, err := ecdsa.SignASN1(rand.Reader, d.Key, over[:])
	d.must(err)
	owner := d.Owner
	if d.User != nil {
		owner = d.User
	}
	return d.answer(map[string]any{
		"clientDataJSON": text64(client), "authenticatorData": text64(said), "signature": text64(signed), "userHandle": text64(owner),
	})
}

func (d *Device) answer(response map[string]any) []byte {
	out, err := json.Marshal(map[string]any{
		"id": text64(d.ID), "rawId": text64(d.ID), "type": "public-key", "authenticatorAttachment": "platform",
		"clientExtensionResults": map[string]any{}, "response": response,
	})
	d.must(err)
	return out
}

func (d *Device) must(err error) {
	d.T.Helper()
	if err != nil {
		d.T.Fatal(err)
	}
}
