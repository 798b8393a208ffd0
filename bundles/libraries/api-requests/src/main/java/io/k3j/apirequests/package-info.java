/// One HTTP request of the Kubernetes API and its answer; upstream's `endpoints/request`,
/// `endpoints/handlers/responsewriters` and `audit`.
///
/// A library, used by `apiserver`, [Params] by `aggregator`, too. [Request] is what a request is about, with its body;
/// [Bodies] makes objects, patches and options of that; [Form] is the form the answer is asked for in; [Renderer],
/// [Tables], [Frames] and [ListWriter] make bytes of stored objects, [Responses] of everything else. [AuditContext] is
/// told what happens to a request, and makes [AuditEvents] of it where somebody records them.
///
/// **Threads.** A request is used by its own thread only, everything else by any. **Blocking.** Reading a body and
/// sending an answer, while the client is slow; only a long list does so in its seat. **Errors.** `ApiFault`s in
/// upstream's words; `IOException` when the client has gone. **Bounds.** 3 MiB of body, 4 KiB of warnings, 16 long
/// lists in a lane, 3 000 series of each metric, 3 MiB of a recorded answer.
@Export
@Version("2.0.0")
@NullMarked
package io.k3j.apirequests;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
