package io.k3j.ingressresources;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which servers requests are sent to.
class SliceReadinessTest {
    private static final Key SLICE = new Key("kube-system", "traefik-n1");
    private static final Key SIX = new Key("kube-system", "traefik-n1-ipv6");
    private final Stage stage = new Stage(SliceReadiness::add);
    private final LiveViews views = new LiveViews(stage.clock);
    private final IngressPublication publication = new IngressPublication(views, "n1");

    @BeforeEach
    void publish() {
        views.attach(stage.api);
        node("True");
        keep();
    }

    private void node(String ready) {
        stage.api.seed(BuiltinResources.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n1", "uid", "u1"), "status",
                Struct.of("conditions", Seq.of(Struct.of("type", "Ready", "status", ready))))));
        stage.settle();
    }

    private void keep() {
        assertThat(publication.keep(stage.api, List.of("10.42.0.1", "fd00::1"), IngressValues.NONE)).isEmpty();
        stage.settle();
    }

    private Struct endpoint(Key slice) {
        return stage.api.get(BuiltinResources.ENDPOINT_SLICES, slice).tree().seq("endpoints").struct(0);
    }

    private boolean ready(Key slice) {
        Struct conditions = endpoint(slice).struct("conditions");
        return conditions.flag("ready") && conditions.flag("serving");
    }

    @Test
    void aServerWhoseNodeIsOffIsSentNoRequests() {
        assertThat(ready(SLICE) && ready(SIX)).isTrue();
        node("Unknown");
        assertThat(ready(SLICE) || ready(SIX)).isFalse();
        assertThat(endpoint(SLICE).seq("addresses").texts()).containsExactly("10.42.0.1");
        node("True");
        assertThat(ready(SLICE) && ready(SIX)).isTrue();
    }

    /// As while its container runtime restarts.
    @Test
    void aServerThatIsThereAndSaysItIsNotReadyIsSentThemStill() {
        node("False");
        assertThat(ready(SLICE) && ready(SIX)).isTrue();
        keep();
        assertThat(ready(SLICE) && ready(SIX)).isTrue();
    }

    @Test
    void theServerItselfAgreesAndSetsItBackWhenItsNodeIs() {
        node("Unknown");
        int writes = stage.api.calls().size();
        keep();
        assertThat(stage.api.calls()).hasSize(writes);
        stage.desk.views().close();
        node("True");
        assertThat(ready(SLICE)).isFalse();
        keep();
        assertThat(ready(SLICE)).isTrue();
    }

    @Test
    void slicesOfOthersAreLeftAlone() {
        Key other = new Key("kube-system", "traefik-n2");
        Obj slice = stage.api.get(BuiltinResources.ENDPOINT_SLICES, SLICE);
        stage.api.seed(BuiltinResources.ENDPOINT_SLICES, slice.with("traefik-n2", "metadata", "name")
                .with("endpointslice-controller.k8s.io", "metadata", "labels",
                        "endpointslice.kubernetes.io/managed-by"));
        node("Unknown");
        assertThat(ready(SLICE)).isFalse();
        assertThat(ready(other)).isTrue();
    }
}
