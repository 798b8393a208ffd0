package io.k3j.nodestatus;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.util.Map;

/// The labels `node-role.kubernetes.io/…` of this server's Node. A node may not give itself a role; K3s' supervisor
/// gives it. Asked at every round: while a cluster begins, the supervisor's own rights may not be there yet.
///
/// For one thread, which blocks for the call.
final class NodeRoles {
    private static final System.Logger LOG = System.getLogger("io.k3j.kubelet");
    /// How many refusals are followed by another try at once. After that roles are asked for with each ordinary round.
    private static final int EAGER = 300;
    private final ApiClient api;
    private final Map<String, String> roles;
    /// In a row.
    private int refusals;

    /// @param api may act as the supervisor too, where the feature declares that identity
    /// @param roles empty for an agent: then nothing is ever asked
    NodeRoles(ApiClient api, Map<String, String> roles) {
        this.api = api;
        this.roles = roles;
    }

    /// The node with its roles, or as it is while they are refused, which is said once when it has lasted: at the first
    /// start of a cluster a few refusals are as it should be.
    /// @param node as read in this round
    Obj given(Obj node) {
        if (node.labels().keySet().containsAll(roles.keySet())) {
            return node;
        }
        try {
            Obj labelled = supervisor().patch(NodeLoop.NODES, node.key(),
                    new Patch.Merge(Struct.of("metadata", Struct.of("labels", Struct.copyOf(roles)))),
                    WriteOptions.PLAIN);
            refusals = 0;
            return labelled;
        } catch (ApiFault e) {
            refusals++;
            LOG.log(refusals == EAGER ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG,
                    "node={0} has no role yet: {1}",
                    node.name(), e.getMessage());
            return node;
        }
    }

    /// Whether they have been refused and are worth another try soon. While it is true the node counts as not ready
    /// here, so that the next round comes soon.
    boolean pending() {
        return refusals > 0 && refusals < EAGER;
    }

    /// An agent's client has no such identity, and no roles to give either.
    private ApiClient supervisor() {
        try {
            return api.as("system:k3s-supervisor");
        } catch (IllegalArgumentException e) {
            return api;
        }
    }
}
