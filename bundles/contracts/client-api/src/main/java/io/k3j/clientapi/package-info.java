/// Read, write, view and watch Kubernetes objects, no matter who serves them.
///
/// On a server `apiserver` answers from its own tables in the same process: no TLS, no HTTP, no
/// second copy, but the same admission, authorisation and validation as for everybody. On an agent
/// `client-http` answers over the network. A caller cannot tell which.
@Export
@Version("2.6.0")
@NullMarked
package io.k3j.clientapi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
