/// Addresses and node ports of Services: of which ranges they are ([ServiceRanges]), who has which ([Reservations]
/// in this process, [ServiceClaims] in the datastore that all servers share, [ChosenValues] for one write in both), and
/// what a Service asks for ([ServiceFields], [ServiceFamilies], [SharedNodePorts]). Upstream's `registry/core/service`
/// with its allocators.
///
/// **Threads.** Any, but [ChosenValues], [DefaultServiceCidr] and [SharedNodePorts], which are for one. **Blocking.**
/// [ServiceClaims], [ClaimCalls], [DefaultServiceCidr] for the datastore or the API. **Errors.** An
/// [io.k3j.clientapi.ApiFault] of a write; a malformed range is an `IllegalArgumentException`. See
/// <https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/>.
@NullMarked
package io.k3j.serviceaddresses;

import org.jspecify.annotations.NullMarked;
