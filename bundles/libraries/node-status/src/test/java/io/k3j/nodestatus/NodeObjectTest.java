package io.k3j.nodestatus;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.RuntimeReadiness;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class NodeObjectTest {
    private static final String TYPE = "node.kubernetes.io/instance-type";
    private final NodeObject object = object(NodeSettings.Cloud.K3S);

    private static NodeObject object(NodeSettings.Cloud cloud) {
        return object(cloud, new NodeSettings.Status(() -> 110, 50, all -> all, NodeSettings.Heartbeat.DEFAULT,
                () -> ""));
    }

    private static NodeObject object(NodeSettings.Cloud cloud, NodeSettings.Status status) {
        NodeSettings settings = new NodeSettings("n1", Path.of("/kubelet"), status, List.of("1.2.3.4"), List.of(),
                List.of(), List.of(), List.of(), "10250", true, cloud);
        return new NodeObject(settings,
                new MachineInfo(2, 4L << 30, List.of("10.0.0.1"), Struct.of("architecture", "amd64")),
                Set::of);
    }

    @Test
    void tellsWhatItHasByPlugInsAndWhatOfThatPodsMayHave() {
        NodeObject with = new NodeObject(object.settings(),
                new MachineInfo(2, 4L << 30, List.of("10.0.0.1"), Struct.of("architecture", "amd64")), Set::of,
                () -> new NodeObject.Devices(Map.of("example.com/gpu", 2L), Map.of("example.com/gpu", 1L)),
                all -> all.with("hugepages-2Mi", "1Gi"));
        Struct before = Struct.of("capacity", Struct.of("example.com/gpu", "8", "example.com/by-hand", "3"));
        Struct status = with.status(before, now());
        assertThat(status.struct("capacity").texts()).containsEntry("example.com/gpu", "2")
                .containsEntry("example.com/by-hand", "3").containsEntry("hugepages-2Mi", "1Gi");
        assertThat(status.struct("allocatable").texts()).containsEntry("hugepages-2Mi", "1Gi")
                .containsEntry("example.com/gpu", "1")
                .containsEntry("example.com/by-hand", "3");
    }

    @Test
    void tellsWhatItIsInK3sOwnCloud() {
        Obj node = object(new NodeSettings.Cloud(true, false, List.of("n1.lan"), List.of("n1.example.com"), ""))
                .fresh();
        assertThat(node.spec().text("providerID")).isEqualTo("k3s://n1");
        assertThat(node.labels()).containsEntry(TYPE, "k3s");
        assertThat(node.annotations()).containsEntry("k3s.io/internal-ip", "10.0.0.1")
                .containsEntry("k3s.io/external-ip", "1.2.3.4").containsEntry("k3s.io/internal-dns", "n1.lan")
                .containsEntry("k3s.io/external-dns", "n1.example.com").containsEntry("k3s.io/hostname", "n1");
        assertThat(node.spec().has("taints")).isFalse();
    }

    private static NodeObject labelled(NodeObject before, String... labels) {
        NodeSettings s = before.settings();
        return new NodeObject(new NodeSettings(s.name(), s.rootDir(), s.status(), s.externalIps(), List.of(labels),
                s.taints(), s.args(), s.env(), s.port(), s.controlPlane(), s.cloud()),
                new MachineInfo(2, 4L << 30, List.of("10.0.0.1"), Struct.of("architecture", "amd64")), Set::of);
    }

    @Test
    void theCloudSaysOfANodeWhatItsLabelsSay() {
        NodeObject labelled = labelled(object(new NodeSettings.Cloud(true, false, List.of(), List.of(), "")),
                TYPE + "=c4.large", "topology.kubernetes.io/zone=us-west-2a");
        assertThat(labelled.fresh().labels()).containsEntry(TYPE, "c4.large")
                .containsEntry("beta.kubernetes.io/instance-type", "c4.large")
                .containsEntry("failure-domain.beta.kubernetes.io/zone", "us-west-2a")
                .doesNotContainKey("failure-domain.beta.kubernetes.io/region");
        assertThat(labelled.registered(object.fresh()).labels()).containsAllEntriesOf(labelled.fresh().labels());
    }

    @Test
    void labelsOfTheFlagCountForANodeThatIsThereToo() {
        NodeObject before = object(new NodeSettings.Cloud(true, false, List.of(), List.of(), ""));
        NodeObject labelled = labelled(before, "tier=db", "plain");
        Obj node = before.fresh().with("kept", "metadata", "labels", "other");
        assertThat(labelled.registered(node).labels()).containsEntry("tier", "db").containsEntry("plain", "")
                .containsEntry("other", "kept");
    }

    @Test
    void labelOfTheEgressSelectorGoesWithItsMode() {
        Obj node = object.fresh().with("true", "metadata", "labels", "egress.k3s.io/cluster");
        assertThat(object.registered(node).labels()).doesNotContainKey("egress.k3s.io/cluster")
                .containsEntry("kubernetes.io/hostname", "n1");
    }

    @Test
    void tellsItsAddressesInTheOrderOfK3s() {
        NodeObject named = object(
                new NodeSettings.Cloud(true, false, List.of("n1.lan"), List.of("n1.example.com"), ""));
        assertThat(named.status(Struct.EMPTY, now()).seq("addresses").structs()).extracting(a -> a.text("type"))
                .containsExactly("InternalIP", "ExternalIP", "InternalDNS", "ExternalDNS", "Hostname");
    }

    @Test
    void leavesTheCloudToOthersWithoutTheCloudController() {
        Obj node = object(new NodeSettings.Cloud(false, false, List.of(), List.of(), "")).fresh();
        assertThat(node.spec().isEmpty()).isTrue();
        assertThat(node.labels()).doesNotContainKey(TYPE);
        assertThat(node.annotations().keySet()).noneMatch(a -> a.startsWith("k3s.io/internal"));
        Obj given = node.with("aws:///i-1", "spec", "providerID");
        assertThat(object(new NodeSettings.Cloud(false, false, List.of(), List.of(), "")).registered(given).spec()
                .text("providerID")).isEqualTo("aws:///i-1");
    }

    @Test
    void theProviderIdIsTheOneTheNodeIsTold() {
        NodeObject told = object(new NodeSettings.Cloud(false, true, List.of(), List.of(), "aws:///eu-1a/i-1"));
        assertThat(told.fresh().spec().text("providerID")).isEqualTo("aws:///eu-1a/i-1");
        assertThat(told.registered(object.fresh()).spec().text("providerID")).as("it is never changed")
                .isEqualTo("k3s://n1");
    }

    @Test
    void waitsForAnotherCloudWithATaintAndKeepsItsAddresses() {
        NodeObject external = object(new NodeSettings.Cloud(false, true, List.of(), List.of(), ""));
        assertThat(external.fresh().spec().seq("taints").struct(0)).isEqualTo(Struct.of("key",
                "node.cloudprovider.kubernetes.io/uninitialized", "value", "true", "effect", "NoSchedule"));
        Seq told = Seq.of(Struct.of("type", "InternalIP", "address", "172.16.0.9"));
        assertThat(external.status(Struct.of("addresses", told), now()).seq("addresses")).isEqualTo(told);
        assertThat(external.status(Struct.EMPTY, now()).seq("addresses").struct(0).text("address"))
                .isEqualTo("10.0.0.1");
    }

    @Test
    void keepsTheResourcesOthersHaveGivenTheNode() {
        Struct old = Struct.of("capacity", Struct.of("example.com/dongle", "4", "cpu", "99"), "allocatable",
                Struct.of("example.com/gone", "1"));
        Struct status = object.status(old, now());
        assertThat(status.struct("capacity").text("example.com/dongle")).isEqualTo("4");
        assertThat(status.struct("allocatable").text("example.com/dongle")).isEqualTo("4");
        assertThat(status.struct("allocatable").has("example.com/gone")).isFalse();
        assertThat(status.struct("capacity").text("cpu")).isEqualTo("2");
    }

    @Test
    void podsMayHaveWhatIsNotReserved() {
        Struct status = object(NodeSettings.Cloud.K3S, new NodeSettings.Status(() -> 20, 50,
                all -> all.with("cpu", "1500m"), NodeSettings.Heartbeat.DEFAULT, () -> "")).status(Struct.EMPTY, now());
        assertThat(status.struct("capacity").text("cpu")).isEqualTo("2");
        assertThat(status.struct("allocatable").text("cpu")).isEqualTo("1500m");
        assertThat(status.struct("allocatable").text("pods")).isEqualTo("20");
    }

    @Test
    void aNodeInTroubleIsNotReadyWhateverItsRuntimeSays() {
        NodeObject.Now now = now();
        Struct ready = object.status(Struct.EMPTY, new NodeObject.Now(now.at(), now.readiness(), "", List.of(), 1000,
                Set.of(), "node is shutting down")).seq("conditions").find("type", "Ready");
        assertThat(ready.text("status")).isEqualTo("False");
        assertThat(ready.text("reason")).isEqualTo("KubeletNotReady");
        assertThat(ready.text("message")).isEqualTo("node is shutting down");
    }

    @Test
    void tellsAsManyImagesAsItIsToldTo() {
        List<Image> images = LongStream.rangeClosed(1, 60)
                .mapToObj(i -> new Image("i" + i, List.of("image:" + i), List.of(), i, OptionalLong.empty(), "",
                        false))
                .toList();
        NodeObject.Now now = new NodeObject.Now(now().at(), now().readiness(), "", images, 1000, Set.of(), "");
        assertThat(told(50, now)).hasSize(50).first().isEqualTo(60L);
        assertThat(told(-1, now)).hasSize(60);
        assertThat(told(0, now)).isEmpty();
    }

    private static List<Long> told(long most, NodeObject.Now now) {
        return object(NodeSettings.Cloud.K3S, new NodeSettings.Status(() -> 110, most, all -> all,
                NodeSettings.Heartbeat.DEFAULT, () -> "")).status(Struct.EMPTY, now).seq("images").structs().stream()
                .map(i -> i.whole("sizeBytes", 0)).toList();
    }

    @Test
    void declaresWhatNewerServersMayAskFor() {
        assertThat(object.status(Struct.EMPTY, now()).seq("declaredFeatures").texts())
                .containsExactly("InPlacePodLevelResourcesVerticalScaling", "InPlacePodVerticalScalingInitContainers",
                        "RestartAllContainersOnContainerExits");
    }

    @Test
    void tellsWhatItIsShortOf() {
        NodeObject.Now now = now();
        Struct status = object.status(Struct.EMPTY, new NodeObject.Now(now.at(), now.readiness(), "", List.of(), 1000,
                Set.of("PIDPressure"), ""));
        assertThat(status.seq("conditions").find("type", "PIDPressure").text("reason"))
                .isEqualTo("KubeletHasInsufficientPID");
        assertThat(status.seq("conditions").find("type", "DiskPressure").text("status")).isEqualTo("False");
        assertThat(object.status(Struct.EMPTY, now).seq("conditions").find("type", "PIDPressure").text("status"))
                .isEqualTo("False");
    }

    private static NodeObject.Now now() {
        return new NodeObject.Now(Instant.parse("2026-11-20T06:00:00Z"), new RuntimeReadiness(true, true, ""), "",
                List.of(), 1000, Set.of(), "");
    }
}
