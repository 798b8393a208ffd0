/// The admission plug-ins that are on in every cluster, the allocation of Service addresses and ports, and
/// the actions on pods: eviction and binding. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/>.
///
/// Reads: namespaces, limit ranges, service accounts, classes, nodes, pods, services, as views. Writes: the
/// objects it admits; `IPAddress` objects (sole writer); the system PriorityClasses and the ServiceCIDR
/// `kubernetes`, when they are missing; `status.disruptedPods` of disruption budgets.
@NullMarked
package io.k3j.admissioncore;

import org.jspecify.annotations.NullMarked;
