package io.k3j.servicelb;

/// The names of labels, annotations and finalizers, which are K3s' and upstream's.
final class ServiceLbLabels {
    /// Label of a Node: as soon as one Node has it, only those with the value `true` carry Services.
    static final String ENABLE = "svccontroller.k3s.cattle.io/enablelb";
    /// Label of Nodes and Services: a Service with it is carried by Nodes with the same value only.
    static final String POOL = "svccontroller.k3s.cattle.io/lbpool";
    /// Annotation of a Service: tolerations, as JSON or YAML.
    static final String TOLERATIONS = "svccontroller.k3s.cattle.io/tolerations";
    /// Annotation of a Node, K3j's own: which ports it has looked at, and who has them ([PortReport]).
    static final String PORTS = "svccontroller.k3s.cattle.io/ports";
    /// Label of the DaemonSets of stock K3s.
    static final String STOCK_DAEMON_SET = "svccontroller.k3s.cattle.io/nodeselector";
    /// Label of the pods of stock K3s, with the name of their Service.
    static final String STOCK_POD = "svccontroller.k3s.cattle.io/svcname";
    /// Label of a Node that no balancer may use.
    static final String EXCLUDE = "node.kubernetes.io/exclude-from-external-load-balancers";
    /// Finalizer of a Service that some balancer carries.
    static final String FINALIZER = "service.kubernetes.io/load-balancer-cleanup";
    /// Label of an EndpointSlice with the name of its Service.
    static final String SLICE_SERVICE = "kubernetes.io/service-name";

    private ServiceLbLabels() {
    }
}
