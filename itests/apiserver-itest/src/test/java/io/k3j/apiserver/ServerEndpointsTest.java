package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apiservercontrollers.Peer;
import io.k3j.apiservercontrollers.ServerEndpoints;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.datastorememory.MemoryDatastore;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ServerEndpointsTest {
    private static final Gvr SLICES = new Gvr("discovery.k8s.io", "v1", "endpointslices");

    private static TreeSet<Peer> peers(Peer... all) {
        return new TreeSet<>(List.of(all));
    }

    @Test
    void theServiceLeadsToTheServersAlive() {
        try (MemoryDatastore store = new MemoryDatastore(); PlainServer server = new PlainServer(store)) {
            ApiClient api = server.client();
            ServerEndpoints endpoints = new ServerEndpoints(api);
            endpoints.reconcile(peers(new Peer("10.0.0.2", 6443), new Peer("10.0.0.1", 6443)));
            Obj slice = api.get(SLICES, ServerEndpoints.KUBERNETES);
            assertThat(slice.tree().seq("endpoints").structs()).extracting(e -> e.seq("addresses").text(0))
                    .containsExactly("10.0.0.1", "10.0.0.2");
            Obj object = api.get(BuiltinResources.ENDPOINTS, ServerEndpoints.KUBERNETES);
            assertThat(object.tree().seq("subsets").structs()).hasSize(1);
            long revision = store.revision();
            endpoints.reconcile(peers(new Peer("10.0.0.1", 6443), new Peer("10.0.0.2", 6443)));
            assertThat(store.revision()).isEqualTo(revision);
            endpoints.reconcile(peers(new Peer("10.0.0.2", 6443)));
            assertThat(api.get(SLICES, ServerEndpoints.KUBERNETES).tree().seq("endpoints").size()).isEqualTo(1);
        }
    }

    @Test
    void serversOnAnotherPortHaveASliceOfTheirOwn() {
        try (MemoryDatastore store = new MemoryDatastore(); PlainServer server = new PlainServer(store)) {
            ApiClient api = server.client();
            ServerEndpoints endpoints = new ServerEndpoints(api);
            endpoints.reconcile(peers(new Peer("10.0.0.1", 6443), new Peer("10.0.0.1", 7443),
                    new Peer("10.0.0.2", 6443)));
            assertThat(api.list(SLICES, Query.ALL).items()).extracting(Obj::name)
                    .containsExactly("kubernetes", "kubernetes-ipv4-7443");
            endpoints.reconcile(peers(new Peer("10.0.0.1", 6443)));
            assertThat(api.list(SLICES, Query.ALL).items()).extracting(Obj::name).containsExactly("kubernetes");
        }
    }
}
