package io.k3j.agent;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Follows the API servers' addresses: the endpoints of the Service `kubernetes`.
final class Servers implements AutoCloseable {
    private final LiveView slices;
    private final Consumer<List<String>> listener;

    /// @param listener receives all addresses after each change, never an empty list
    Servers(InstantSource clock, Consumer<List<String>> listener) {
        this.listener = listener;
        slices = new LiveView(BuiltinResources.ENDPOINT_SLICES,
                Query.in("default").labelled(Selector.parse("kubernetes.io/service-name=kubernetes")), clock);
        slices.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                if (slices.synced()) {
                    notifyListener();
                }
            }

            @Override
            public void synced() {
                notifyListener();
            }
        });
    }

    private void notifyListener() {
        List<String> all = addresses(slices.list());
        if (!all.isEmpty()) {
            listener.accept(all);
        }
    }

    /// The ready addresses with their port, sorted.
    static List<String> addresses(List<Obj> slices) {
        TreeSet<String> all = new TreeSet<>();
        for (Obj slice : slices) {
            for (Struct port : slice.tree().seq("ports").structs()) {
                for (Struct endpoint : slice.tree().seq("endpoints").structs()) {
                    if (endpoint.struct("conditions").flag("ready", true)) {
                        endpoint.seq("addresses").texts()
                                .forEach(a -> all.add(ServerAddresses.of(a, (int) port.whole("port", 6443))));
                    }
                }
            }
        }
        return List.copyOf(all);
    }

    /// Uses this client from now on.
    void attach(ApiClient api) {
        slices.attach(api);
    }

    @Override
    public void close() {
        slices.close();
    }
}
