package io.k3j.kubelet;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.util.Map;

/// The labels `node-role.kubernetes.io/…` of this server's Node. A node may not give itself a role; K3s' supervisor
/// gives it. Asked at every round: while a cluster begins, the supervisor's own rights may not be there yet.
final class NodeRoles {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// How many refusals are followed by another try at once.
    private static final int EAGER = 300;
    private final ApiClient api;
    private final Map<String, String> roles;
    private int refusals;

    NodeRoles(ApiClient api, Map<String, String> roles) {
        this.api = api;
        this.roles = roles;
    }

    /// The node with its roles, or as it is while they are refused, which is said once.
    Obj given(Obj node) {
        if (node.labels().keySet().containsAll(roles.keySet())) {
            return node;
        }
        try {
            Obj labelled = supervisor().patch(References.NODES, node.key(),
                    new Patch.Merge(Struct.of("metadata", Struct.of("labels", Struct.copyOf(roles)))),
                    WriteOptions.PLAIN);
            refusals = 0;
            return labelled;
        } catch (ApiFault e) {
            LOG.log(refusals > 0 ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "node={0} has no role yet: {1}",
                    node.name(), e.getMessage());
            refusals++;
            return node;
        }
    }

    /// Whether they have been refused and are worth another try soon.
    boolean pending() {
        return refusals > 0 && refusals < EAGER;
    }

    private ApiClient supervisor() {
        try {
            return api.as("system:k3s-supervisor");
        } catch (IllegalArgumentException e) {
            return api;
        }
    }
}
