package io.k3j.agent;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Resources;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The servers as the cluster knows them: the endpoints of the Service `kubernetes`, followed live.
final class Servers implements AutoCloseable {
    private final LiveView slices;
    private final Consumer<List<String>> told;

    /// Tells `told` all addresses whenever they change, never none.
    Servers(InstantSource clock, Consumer<List<String>> told) {
        this.told = told;
        slices = new LiveView(Resources.ENDPOINT_SLICES,
                Query.in("default").labelled(Selector.parse("kubernetes.io/service-name=kubernetes")), clock);
        slices.listen(new View.Listener() {
            @Override
            public void changed(@Nullable Obj before, @Nullable Obj after) {
                if (slices.synced()) {
                    tell();
                }
            }

            @Override
            public void synced() {
                tell();
            }
        });
    }

    private void tell() {
        List<String> all = addresses(slices.list());
        if (!all.isEmpty()) {
            told.accept(all);
        }
    }

    /// The ready addresses with their port, in order. Pure.
    static List<String> addresses(List<Obj> slices) {
        TreeSet<String> all = new TreeSet<>();
        for (Obj slice : slices) {
            for (Struct port : slice.tree().seq("ports").structs()) {
                for (Struct endpoint : slice.tree().seq("endpoints").structs()) {
                    if (endpoint.struct("conditions").flag("ready", true)) {
                        endpoint.seq("addresses").texts()
                                .forEach(a -> all.add(Addresses.of(a, (int) port.whole("port", 6443))));
                    }
                }
            }
        }
        return List.copyOf(all);
    }

    /// Follows a client from now on.
    void attach(ApiClient api) {
        slices.attach(api);
    }

    @Override
    public void close() {
        slices.close();
    }
}
