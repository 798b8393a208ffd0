package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.util.List;
import org.junit.jupiter.api.Test;

class DnsServiceTest {
    private static final Key SERVICE = new Key("kube-system", "kube-dns");
    private final Stage stage = new Stage(context -> DnsService.add(context, List.of("10.43.0.10", "fd43::a")));

    private Obj service() {
        return stage.api.get(BuiltinResources.SERVICES, SERVICE);
    }

    @Test
    void isMadeWithTheClustersAddressesWithoutASelector() {
        stage.settle();
        Struct spec = service().spec();
        assertThat(spec.seq("clusterIPs").texts()).containsExactly("10.43.0.10", "fd43::a");
        assertThat(spec.text("ipFamilyPolicy")).isEqualTo("RequireDualStack");
        assertThat(spec.text("internalTrafficPolicy")).as("a node's questions stay there").isEqualTo("Local");
        assertThat(spec.has("selector")).isFalse();
        assertThat(spec.seq("ports").structs()).extracting(p -> p.text("name") + " " + p.whole("targetPort", 0))
                .containsExactly("dns 53", "dns-tcp 53", "metrics 9153");
    }

    private void seed(String policy, String... addresses) {
        stage.api.seed(BuiltinResources.SERVICES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Service", "metadata",
                Struct.of("name", "kube-dns", "namespace", "kube-system", "uid", "before"), "spec",
                Struct.of("clusterIP", addresses[0], "clusterIPs", Seq.of((Object[]) addresses), "ipFamilyPolicy",
                        policy))));
    }

    /// The API refuses to change the first address of a Service.
    @Test
    void isMadeAnewAtAnotherAddressOfTheClustersDns() {
        seed("SingleStack", "10.43.0.99");
        stage.settle();
        assertThat(service().uid()).isNotEqualTo("before");
        assertThat(service().spec().seq("clusterIPs").texts()).containsExactly("10.43.0.10", "fd43::a");
    }

    @Test
    void isChangedInPlaceWhenOnlyASecondAddressComes() {
        seed("SingleStack", "10.43.0.10");
        stage.settle();
        assertThat(service().uid()).isEqualTo("before");
        assertThat(service().spec().seq("clusterIPs").texts()).containsExactly("10.43.0.10", "fd43::a");
    }

    @Test
    void isMadeAnewWhenItIsDeletedAndLeftAloneOtherwise() {
        stage.settle();
        stage.api.delete(BuiltinResources.SERVICES, SERVICE, DeleteOptions.PLAIN);
        stage.settle();
        assertThat(service().spec().text("clusterIP")).isEqualTo("10.43.0.10");
        stage.api.update(BuiltinResources.SERVICES, service().with("yes", "metadata", "labels", "own"),
                WriteOptions.PLAIN);
        long revision = service().revision();
        stage.settle();
        assertThat(service().revision()).isEqualTo(revision);
    }
}
