/// The admission plug-ins that are enabled in every cluster, the allocation of Service addresses and node ports, and
/// the pod subresources `eviction` and `binding`. See
/// <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/>.
///
/// Reads through views: namespaces, limit ranges, service accounts, classes, nodes, pods, services, ServiceCIDRs,
/// IPAddresses. Writes: the objects it admits; `IPAddress` objects of Services (sole writer); the system
/// PriorityClasses and the ServiceCIDR `kubernetes`, when they are missing; `status.disruptedPods` of disruption
/// budgets.
///
/// What plug-ins are made with is in `admission-kit`, what the identities of nodes may write in `node-writes`, the
/// pod security standards in `pod-security`, claims of addresses and node ports in `service-addresses`.
@NullMarked
package io.k3j.admissioncore;

import org.jspecify.annotations.NullMarked;
