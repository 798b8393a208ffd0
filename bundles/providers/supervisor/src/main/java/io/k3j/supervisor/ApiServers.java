package io.k3j.supervisor;

import io.k3j.clientapi.ApiFault;
import io.k3j.clusteragreement.Members;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.model.Struct;
import io.k3j.supervisorrequests.Refusal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The addresses of the cluster's API servers. A server without an API server of its own reads them from the
/// datastore, so that an agent can find an API server without asking one.
final class ApiServers {
    private final NodeSecrets secrets;
    private final String own;
    private final Supplier<@Nullable Datastore> datastore;

    /// @param own `ip:port` of this server's API server, empty when it has none
    ApiServers(NodeSecrets secrets, String own, Supplier<@Nullable Datastore> datastore) {
        this.secrets = secrets;
        this.own = own;
        this.datastore = datastore;
    }

    /// Whether an API server of this cluster is reachable or registered, as far as this server knows. Blocks on
    /// the datastore.
    boolean ready() {
        return secrets.reachable() && (!own.isEmpty() || !registered().isEmpty());
    }

    /// All of them, as `ip:port`; at least the one of this server. Blocks on the API or the datastore.
    Set<String> all() throws Refusal {
        Set<String> all = new LinkedHashSet<>(own.isEmpty() ? registered() : published());
        if (all.isEmpty() && own.isEmpty()) {
            throw new Refusal(503, "no API server has joined this cluster yet");
        }
        if (all.isEmpty()) {
            all.add(own);
        }
        return all;
    }

    /// The endpoints of the Service `default/kubernetes`.
    private Set<String> published() {
        Set<String> all = new LinkedHashSet<>();
        try {
            secrets.slice().ifPresent(slice -> {
                for (Struct endpoint : slice.tree().seq("endpoints").structs()) {
                    for (Struct port : slice.tree().seq("ports").structs()) {
                        endpoint.seq("addresses").texts().forEach(ip -> all.add(join(ip, port.whole("port", 0))));
                    }
                }
            });
        } catch (ApiFault notNow) {
            // the caller falls back to this server's own address
        }
        return all;
    }

    private List<String> registered() {
        Datastore store = datastore.get();
        try {
            return store == null ? List.of() : Members.apiServers(store);
        } catch (DatastoreUnavailable unavailable) {
            return List.of();
        }
    }

    /// Joins an address and a port; IPv6 addresses get brackets.
    static String join(String ip, long port) {
        return ip.indexOf(':') < 0 ? ip + ":" + port : "[" + ip + "]:" + port;
    }
}
