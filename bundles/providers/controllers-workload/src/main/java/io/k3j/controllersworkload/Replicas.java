package io.k3j.controllersworkload;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Selector;

/// The two kinds with equal replicas, and their differences.
///
/// @param resource their resource
/// @param kind their kind
/// @param account the service account of their controller
/// @param component the source of their events
record Replicas(Gvr resource, String kind, String account, String component) {
    static final Replicas SETS = new Replicas(BuiltinResources.REPLICA_SETS, "ReplicaSet", "replicaset-controller",
            "replicaset-controller");
    static final Replicas CONTROLLERS = new Replicas(BuiltinResources.REPLICATION_CONTROLLERS, "ReplicationController",
            "replication-controller", "replication-controller");

    /// The selector of an owner; matches nothing when it is missing.
    Selector selector(Obj owner) {
        if (resource.equals(BuiltinResources.REPLICA_SETS)) {
            return owner.spec().has("selector") ? Selector.of(owner.spec().struct("selector")) : Selector.NOTHING;
        }
        return owner.spec().struct("selector").isEmpty()
                ? Selector.NOTHING
                : Selector.ofLabels(owner.spec().struct("selector").texts());
    }
}
