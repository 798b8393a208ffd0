package io.k3j.componentapi;

/// The ids of the condition services (`osgi.condition.id`) that tell how far the start has come. Anyone who
/// makes a phase true registers the condition and withdraws it when it is no longer true; anyone who needs
/// it declares a satisfying condition instead of waiting.
public final class Phases {
    /// The datastore in use answers and keeps what it acknowledges.
    public static final String DATASTORE_READY = "io.k3j.datastore-ready";
    /// The API server serves all built-in resources, locally and on its port.
    public static final String APISERVER_READY = "io.k3j.apiserver-ready";
    /// This process' node is registered and its `Ready` condition is true.
    public static final String NODE_READY = "io.k3j.node-ready";
    /// Connections are accepted on the server's port and on those that were asked for beside it. A process that is no
    /// server has none.
    public static final String SERVER_PORTS_OPEN = "io.k3j.server-ports-open";
    /// The datastore's bootstrap record and critical flags agree with this server's: until then nothing may be written
    /// to it.
    public static final String CLUSTER_AGREED = "io.k3j.cluster-agreed";
    /// Before the name of a lease, as `kube-scheduler`: this server holds it and runs what runs once in a cluster
    /// under it.
    public static final String LEADER = "io.k3j.leader.";

    /// The service property that holds the id.
    public static final String ID = "osgi.condition.id";

    private Phases() {
    }
}
