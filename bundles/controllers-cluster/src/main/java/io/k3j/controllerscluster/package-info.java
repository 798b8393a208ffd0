/// The controllers that keep a cluster in order: namespaces, service accounts, the root CA, endpoints and
/// endpoint slices, garbage, nodes, pods nobody wants, budgets and quotas, each in upstream's name and
/// with upstream's behaviour: <https://kubernetes.io/docs/concepts/architecture/controller/>.
///
/// Each is a plan over what its views show and the writes that follow from it, for one key at a time;
/// `ControllersCluster` is the door.
@NullMarked
package io.k3j.controllerscluster;

import org.jspecify.annotations.NullMarked;
