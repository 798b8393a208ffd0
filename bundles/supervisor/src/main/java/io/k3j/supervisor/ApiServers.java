package io.k3j.supervisor;

import io.k3j.clientapi.ApiFault;
import io.k3j.datastoreapi.Datastore;
import io.k3j.datastoreapi.DatastoreUnavailable;
import io.k3j.model.Struct;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Where the API servers of the cluster are. A server that has none itself knows them from the datastore, so that
/// nodes find one without asking one.
final class ApiServers {
    private final NodeSecrets core;
    private final String own;
    private final Supplier<@Nullable Datastore> datastore;

    /// `own` is `ip:port` of this server's, empty when it has none.
    ApiServers(NodeSecrets core, String own, Supplier<@Nullable Datastore> datastore) {
        this.core = core;
        this.own = own;
        this.datastore = datastore;
    }

    /// Whether the cluster's core is at work, as far as this server can tell. Blocks while the datastore is asked.
    boolean ready() {
        return core.reachable() && (!own.isEmpty() || !registered().isEmpty());
    }

    /// All of them, as `ip:port`; the one of this server at least. Blocks while the cluster is asked.
    /// @throws Refusal while none is known
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

    /// As the Service `kubernetes` has them.
    private Set<String> published() {
        Set<String> all = new LinkedHashSet<>();
        try {
            core.slice().ifPresent(slice -> {
                for (Struct endpoint : slice.tree().seq("endpoints").structs()) {
                    for (Struct port : slice.tree().seq("ports").structs()) {
                        endpoint.seq("addresses").texts().forEach(ip -> all.add(join(ip, port.whole("port", 0))));
                    }
                }
            });
        } catch (ApiFault notNow) {
            // this one will do
        }
        return all;
    }

    private List<String> registered() {
        Datastore store = datastore.get();
        try {
            return store == null ? List.of() : Members.apiServers(store);
        } catch (DatastoreUnavailable away) {
            return List.of();
        }
    }

    /// An address and a port in one.
    static String join(String ip, long port) {
        return ip.indexOf(':') < 0 ? ip + ":" + port : "[" + ip + "]:" + port;
    }
}
