// Package s3blob keeps objects in a bucket of an S3 service.
//
// Bytes are spooled to a file first, hashed on the way, so that size and checksum are
// known; Commit sends them with one request that the service accepts whole or not at
// all, on the condition that the key is free. A reader asks for ranges, in windows that
// grow while it reads on.
//
// What always holds:
//
//   - A request carries the SHA-256 of its body, and the service refuses a body that
//     differs. Open tries it: with a service that doesn't, each object is read back.
//   - When the answer to a request is lost, what the service holds decides: the object
//     counts as stored if size and hash are the same.
//   - Every request ends: with ctx, or when its time is up, or after the retries.
//   - No address that works without credentials (presigned URL) is ever made.
//
// Commit is as durable as the service says it is. In a bucket with versioning, Delete removes all
// versions of an object and the marks of its deletion; it is [blob.ErrRetained] where a lock or a legal
// hold keeps some: their bytes stay, sealed, until Delete is called after that. It is [blob.ErrForbidden] where
// the key lacks a right: besides s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject it needs
// s3:ListBucketVersions and s3:DeleteObjectVersion in such a bucket, and in one with locks s3:GetObjectVersion,
// s3:GetObjectRetention and s3:GetObjectLegalHold, by which a lock is told apart from a lacking right.
//
// Stored keys:
//
//	<Prefix><first two digits of Ref>/<Ref>  -> the object's bytes; metadata Sealed-Sha256
//	<Prefix>probe/<Ref>                      -> written and removed by Open
//
// The spool folder is one of package staging.
package s3blob
