package io.k3j.clusterdns;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.LiveViews;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PublicationTest {
    private static final Key SLICE = new Key("kube-system", "kube-dns-n1");
    private final FakeApi api = FakeApi.stepped(Instant::now);
    private final LiveViews views = new LiveViews(Instant::now);
    private final ServingAddresses place = ServingAddresses.ofPodNetwork(List.of("10.42.0.1"));
    private Publication publication;

    @BeforeEach
    void follow() {
        publication = new Publication(views, "n1");
        views.attach(api);
        node();
    }

    private void node() {
        api.create(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n1"))), WriteOptions.PLAIN);
    }

    private void keep() {
        boolean more = true;
        while (more) {
            more = api.deliver();
        }
        publication.keep(api, place);
    }

    private Obj slice() {
        return api.get(BuiltinResources.ENDPOINT_SLICES, SLICE);
    }

    @Test
    void publishesThisNodeAsAnEndpoint() {
        keep();
        Struct endpoint = slice().tree().seq("endpoints").struct(0);
        assertThat(endpoint.text("nodeName")).isEqualTo("n1");
        assertThat(endpoint.seq("addresses").texts()).containsExactly("10.42.0.1");
        assertThat(api.find(BuiltinResources.SERVICES, Publication.SERVICE)).as("is made by servers").isEmpty();
        assertThat(slice().tree().seq("ports").structs()).extracting(p -> p.text("name") + " " + p.whole("port", 0))
                .containsExactly("dns 53", "dns-tcp 53", "metrics 9153");
        assertThat(slice().owners().getFirst().text("uid"))
                .isEqualTo(api.get(BuiltinResources.NODES, Key.of("n1")).uid());
    }

    @Test
    void writesNothingWhenUpToDate() {
        keep();
        long revision = slice().revision();
        long ofNode = api.get(BuiltinResources.NODES, Key.of("n1")).revision();
        keep();
        assertThat(slice().revision()).isEqualTo(revision);
        assertThat(api.get(BuiltinResources.NODES, Key.of("n1")).revision()).isEqualTo(ofNode);
    }

    /// Also without flannel, which marks it too.
    @Test
    void marksItsNodeSoThatCertificatesWithoutANodeLeaveItAlone() {
        keep();
        assertThat(api.get(BuiltinResources.NODES, Key.of("n1")).annotations()).containsKey("k3j.io/network");
    }

    @Test
    void isRestoredWhenItsSliceOrNodeWasDeleted() {
        keep();
        api.delete(BuiltinResources.ENDPOINT_SLICES, SLICE, DeleteOptions.PLAIN);
        keep();
        assertThat(slice().name()).isEqualTo("kube-dns-n1");
        api.delete(BuiltinResources.NODES, Key.of("n1"), DeleteOptions.PLAIN);
        node();
        keep();
        assertThat(slice().owners().getFirst().text("uid"))
                .isEqualTo(api.get(BuiltinResources.NODES, Key.of("n1")).uid());
    }

    @Test
    void allowsOnlyPodsOnTheNodesAddress() throws Exception {
        ServingAddresses open = ServingAddresses.ofNode(List.of("192.0.2.7"), List.of("10.42.0.0/16"));
        assertThat(open.port()).isEqualTo(10_053);
        assertThat(open.welcome(InetAddress.getByName("10.42.9.9"))).isTrue();
        assertThat(open.welcome(InetAddress.getByName("192.0.2.7"))).isTrue();
        assertThat(open.welcome(InetAddress.getByName("203.0.113.5"))).isFalse();
    }
}
