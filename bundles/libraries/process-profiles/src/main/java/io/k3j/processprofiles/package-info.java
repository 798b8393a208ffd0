/// Profiles of this process for its administrator: [io.k3j.processprofiles.ProcessProfiles] is `/debug/pprof/`, which
/// its user registers as an endpoint on a port that verifies client certificates.
///
/// No threads of its own: a request is answered on its thread, which blocks while a profile is made and sent. Paths are
/// those of Go's `net/http/pprof`, contents are the JDK's. An `IOException` says that the client has gone, or that the
/// JDK cannot.
@Export
@Version("1.0.0")
@NullMarked
package io.k3j.processprofiles;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
