package io.k3j.supervisor;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clusteragreement.Members;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.supervisorrequests.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// By which names and addresses clients look for the servers of this cluster. Servers of K3j tell them in the
/// datastore; those of K3s are known by the endpoints of `default/kubernetes` and by their Nodes, whose roles no
/// kubelet can write. Thread-safe.
final class OtherServers {
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private static final List<String> ROLES = List.of("node-role.kubernetes.io/control-plane",
            "node-role.kubernetes.io/etcd");

    private final NodeSecrets secrets;
    private final Supplier<@Nullable Datastore> datastore;

    OtherServers(NodeSecrets secrets, Supplier<@Nullable Datastore> datastore) {
        this.secrets = secrets;
        this.datastore = datastore;
    }

    /// Those of all servers as texts, but for those of the server whose node this is. Without the API only what the
    /// datastore tells: a server that has the API on others admits nodes before it is there. Blocks on both.
    /// @throws Refusal when it cannot be told now
    Set<String> names(String node) throws Refusal {
        try {
            Datastore store = datastore.get();
            Set<String> all = store == null ? new TreeSet<>() : Members.names(store, node);
            ApiClient api = secrets.api();
            if (api != null) {
                all.addAll(told(api, node));
            }
            return all;
        } catch (ApiFault | DatastoreUnavailable unavailable) {
            throw new Refusal(503, "the names of the cluster's servers cannot be told now, try again: "
                    + unavailable.getMessage());
        }
    }

    /// Whether a node is that of a server, which has said so in the datastore before its agent joins. Blocks on it.
    boolean haveNode(String node) {
        Datastore store = datastore.get();
        try {
            return store != null && Members.runsNode(store, node);
        } catch (DatastoreUnavailable unavailable) {
            return false;
        }
    }

    private Set<String> told(ApiClient api, String node) {
        Set<String> all = new TreeSet<>();
        List<String> own = new ArrayList<>();
        secrets.slice().ifPresent(slice -> slice.tree().seq("endpoints").structs()
                .forEach(endpoint -> all.addAll(endpoint.seq("addresses").texts())));
        for (String role : ROLES) {
            for (Obj server : api.list(NODES, Query.ALL.labelled(Selector.parse(role))).items()) {
                if (server.labels().containsKey(role)) {
                    (server.name().equals(node) ? own : all).addAll(addresses(server));
                }
            }
        }
        own.forEach(all::remove);
        return all;
    }

    private static List<String> addresses(Obj server) {
        return server.status().seq("addresses").structs().stream()
                .filter(address -> address.text("type").endsWith("IP"))
                .map(address -> address.text("address")).toList();
    }
}
