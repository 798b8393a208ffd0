/// Files as answers, in the manner of Go's `http.FileServer`.
///
/// A [FileServer] answers with what a [ServedFiles] opens; [StaticFiles] is `/static/` on the port of the server, what
/// lies below `server/static`, which its user registers as an endpoint. No state, no threads of its own: a
/// request is answered on its thread, which blocks for the disk and the client, and holds 64 KiB of a file at most.
/// What is not there, not readable, or leads out of the directory is the answer 404 or 403, never an exception.
/// Source: Go's `net/http/fs.go`.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.staticfiles;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
