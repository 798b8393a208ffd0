/// What the identities that lie on a node may write, field by field, as upstream's `noderestriction` for all of
/// them: the table `node-writes.txt`, its rules, and [NodeWrites], which refuses what the table does not name.
///
/// **Threads.** Any; no state but the table. **Blocking.** As long as the look at other objects that some rules
/// take ([NodeWrites.Lookup]). **Errors.** An [io.k3j.clientapi.ApiFault] with upstream's words where it has some.
/// See <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction>.
@NullMarked
package io.k3j.nodewrites;

import org.jspecify.annotations.NullMarked;
