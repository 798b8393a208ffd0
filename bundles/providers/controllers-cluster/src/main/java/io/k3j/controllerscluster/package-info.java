/// The cluster controllers of kube-controller-manager: namespaces, service accounts, the root CA, garbage collection,
/// nodes, pod garbage collection, disruption budgets, certificates; with endpoints and EndpointSlices
/// ([io.k3j.endpointcontrollers]) and volumes ([io.k3j.volumecontrollers]), under upstream's names and with upstream's
/// behaviour: <https://kubernetes.io/docs/concepts/architecture/controller/>.
///
/// Each reconciles one key at a time from its views; `ControllersCluster` is the OSGi component.
@NullMarked
package io.k3j.controllerscluster;

import org.jspecify.annotations.NullMarked;
