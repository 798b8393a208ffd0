package io.k3j.controllersworkload;

import io.k3j.controllerkit.Resources;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Selector;

/// The two kinds that keep a number of equal pods, and where they differ.
///
/// @param resource their resource
/// @param kind their kind
/// @param account the service account they write by
/// @param component the name in their events
record Replicas(Gvr resource, String kind, String account, String component) {
    static final Replicas SETS = new Replicas(Resources.REPLICA_SETS, "ReplicaSet", "replicaset-controller",
            "replicaset-controller");
    static final Replicas CONTROLLERS = new Replicas(Resources.REPLICATION_CONTROLLERS, "ReplicationController",
            "replication-controller", "replication-controller");

    /// What an owner selects; nothing when it says nothing.
    Selector selector(Obj owner) {
        if (resource.equals(Resources.REPLICA_SETS)) {
            return owner.spec().has("selector") ? Selector.of(owner.spec().struct("selector")) : Selector.NOTHING;
        }
        return owner.spec().struct("selector").isEmpty()
                ? Selector.NOTHING
                : Selector.ofLabels(owner.spec().struct("selector").texts());
    }
}
