/// ResourceQuota: the admission plug-in and the controller. See
/// <https://kubernetes.io/docs/concepts/policy/resource-quotas/>.
///
/// ```
/// a write ─► ResourceQuotaAdmission ─► Lane of its namespace ─► QuotaDemand: what it needs of each Quota
///                                                    │
///                                    QuotaReservations: status.used, replaced at the revision that was read
///                                                    ▲
/// views of the namespace ─► UsageCount (Tally) ─► QuotaSync: what is there, what was given up
/// ```
///
/// What an object of a resource uses is known to its `Evaluator`; kinds without one of their own are counted, custom
/// ones too. Reads: ResourceQuotas; on the leader, the objects of the resources that quotas name, in their namespaces.
/// Writes: `status` of ResourceQuotas, by plug-in and controller, each at the revision it has read.
@NullMarked
package io.k3j.resourcequota;

import org.jspecify.annotations.NullMarked;
