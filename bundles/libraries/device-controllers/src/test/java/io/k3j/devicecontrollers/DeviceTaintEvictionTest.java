package io.k3j.devicecontrollers;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceTaintEvictionTest {
    private final Stage stage = new Stage(DeviceTaintEviction::add);

    private void slice(Struct... taints) {
        slice("n", 1, taints);
    }

    private void slice(String node, long generation, Struct... taints) {
        Struct device = Struct.of("name", "d0", "taints", Seq.of((Object[]) taints));
        stage.api.create(BuiltinResources.RESOURCE_SLICES, Obj.of(Struct.of("apiVersion", "resource.k8s.io/v1", "kind",
                "ResourceSlice", "metadata", Struct.of("name", "on-" + node), "spec", Struct.of("driver", "a.b",
                        "nodeName", node, "pool", Struct.of("name", "p", "generation", generation,
                                "resourceSliceCount", 1L),
                        "devices", Seq.of(device)))),
                WriteOptions.PLAIN);
        stage.settle();
    }

    private Struct taint(String effect) {
        return Struct.of("key", "broken", "value", "", "effect", effect, "timeAdded",
                stage.clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    private void podWithDevice(Seq tolerations) {
        Obj pod = stage.api.create(BuiltinResources.PODS, Stage.workload("v1", "Pod", "train",
                Struct.of("containers", Seq.of(Struct.of("name", "main", "image", "i")), "nodeName", "n")),
                WriteOptions.PLAIN);
        Struct result = Struct.builder().put("request", "r").put("driver", "a.b").put("pool", "p").put("device", "d0")
                .putUnlessEmpty("tolerations", tolerations).build();
        Struct selector = Struct.of("nodeSelectorTerms", Seq.of(Struct.of("matchFields", Seq.of(Struct.of("key",
                "metadata.name", "operator", "In", "values", Seq.of("n"))))));
        stage.api.seed(BuiltinResources.RESOURCE_CLAIMS, Stage.workload("resource.k8s.io/v1", "ResourceClaim", "c",
                Struct.EMPTY).with(
                        Struct.of("allocation", Struct.of("devices", Struct.of("results", Seq.of(result)),
                                "nodeSelector", selector), "reservedFor",
                                Seq.of(Struct.of("resource", "pods", "name", "train", "uid", pod.uid()))),
                        "status"));
        stage.settle();
    }

    private boolean there() {
        return stage.api.find(BuiltinResources.PODS, new Key("default", "train")).filter(p -> !p.terminating())
                .isPresent();
    }

    @Test
    void aPodLeavesADeviceThatIsTainted() {
        podWithDevice(Seq.EMPTY);
        slice(taint("NoExecute"));
        assertThat(there()).isFalse();
        assertThat(stage.events()).contains("DeviceTaintManagerEviction: Marking for deletion");
    }

    /// As with the credentials of that node.
    @Test
    void whatAnotherNodeSaysOfADeviceOfThisNameEvictsNobody() {
        podWithDevice(Seq.EMPTY);
        slice("m", 9, taint("NoExecute"));
        assertThat(there()).isTrue();
        slice(taint("NoExecute"));
        assertThat(there()).isFalse();
    }

    @Test
    void itStaysAsLongAsItsClaimToleratesThat() {
        podWithDevice(Seq.of(Struct.of("key", "broken", "operator", "Exists", "tolerationSeconds", 60L)));
        slice(taint("NoExecute"));
        assertThat(there()).isTrue();
        stage.pass(Duration.ofSeconds(61));
        assertThat(there()).isFalse();
    }

    @Test
    void whatTheKubeletHasSaidMeanwhileStays() {
        podWithDevice(Seq.of(Struct.of("key", "broken", "operator", "Exists", "tolerationSeconds", 60L)));
        slice(taint("NoExecute"));
        Key key = new Key("default", "train");
        stage.api.seed(BuiltinResources.PODS, stage.api.get(BuiltinResources.PODS, key)
                .with(Seq.of("example.com/keep"), "metadata", "finalizers"));
        stage.settle();
        stage.api.seed(BuiltinResources.PODS, stage.api.get(BuiltinResources.PODS, key)
                .with(Seq.of(Struct.of("type", "Ready", "status", "True")), "status", "conditions"));
        stage.clock.advance(Duration.ofSeconds(61));
        assertThat(stage.desk.step()).as("before it sees that").isTrue();
        assertThat(stage.api.get(BuiltinResources.PODS, key).status().seq("conditions").structs())
                .extracting(c -> c.text("type")).containsExactlyInAnyOrder("Ready", "DisruptionTarget");
    }

    @Test
    void aPodThatCannotBeEvictedKeepsNoOther() {
        podWithDevice(Seq.EMPTY);
        Obj other = stage.api.create(BuiltinResources.PODS, Stage.workload("v1", "Pod", "other",
                Struct.of("containers", Seq.of(Struct.of("name", "main", "image", "i")), "nodeName", "n")),
                WriteOptions.PLAIN);
        Obj claim = stage.one(BuiltinResources.RESOURCE_CLAIMS, "c");
        List<Struct> users = new ArrayList<>(claim.status().seq("reservedFor").structs());
        users.add(Struct.of("resource", "pods", "name", "other", "uid", other.uid()));
        stage.api.seed(BuiltinResources.RESOURCE_CLAIMS, claim.with(Seq.copyOf(users), "status", "reservedFor"));
        stage.settle();
        stage.api.refuse("patch", BuiltinResources.PODS, new ApiFault(500, "InternalError", "no", Struct.EMPTY));
        slice(taint("NoExecute"));
        assertThat(stage.pods().stream().filter(p -> !p.terminating())).as("the refused one alone").hasSize(1);
    }

    @Test
    void aTaintThatOnlyKeepsOthersAwayEvictsNobody() {
        podWithDevice(Seq.EMPTY);
        slice(taint("NoSchedule"));
        assertThat(there()).isTrue();
    }
}
