/// Who asks an API server, whether he may, and who writes that down: upstream's authentication, authorization and audit
/// filters (`endpoints/filters`), for requests over HTTP and for components of this process.
///
/// ```
/// Access ──► authenticators (or AnonymousAuth), impersonation ──► authorizers
/// Auditing ──► whoever records; AuditBacklog while nobody does for a moment
/// ```
///
/// Fails closed: who is not known, or may not, is refused; what nobody can decide, or must be recorded and cannot
/// be, is answered 503 or 500 and not done.
///
/// **Threads.** Any, each with its own request. **Blocking.** While a contribution does, and for 2 s at most while
/// one is being replaced. **Errors.** `ApiFault`s in upstream's words. **Bounds.** 16 MiB of events that nobody
/// takes.
@NullMarked
package io.k3j.apiaccess;

import org.jspecify.annotations.NullMarked;
