/// The cluster controllers of kube-controller-manager: namespaces, service accounts, the root CA, endpoints and
/// EndpointSlices, garbage collection, nodes, pod garbage collection, disruption budgets, volumes and what attaches
/// them, under upstream's names and with upstream's behaviour:
/// <https://kubernetes.io/docs/concepts/architecture/controller/>.
///
/// Each reconciles one key at a time from its views; `ControllersCluster` is the OSGi component.
@NullMarked
package io.k3j.controllerscluster;

import org.jspecify.annotations.NullMarked;
