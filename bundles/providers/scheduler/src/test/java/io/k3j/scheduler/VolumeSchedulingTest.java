package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.Query;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.Events;
import io.k3j.controllerkit.LiveViews;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulerconfig.SchedulerConfiguration;
import io.k3j.schedulingqueue.QueuedPod;
import io.k3j.schedulingqueue.SchedulingQueue;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Pods that wait for volumes, and volumes that constrain nodes.
class VolumeSchedulingTest {
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final LiveViews views = new LiveViews(clock);
    private final EventHandlers watching = new EventHandlers(views, clock, SchedulerConfiguration.DEFAULT);
    private final Events events = new Events(api, "default-scheduler", "", clock);
    private final SchedulerLoop loop = new SchedulerLoop(watching, new PodBinder(api, events, clock),
            () -> views.synced() && watching.initialized(), Runnable::run, new Random(1));

    VolumeSchedulingTest() {
        views.attach(api);
    }

    private void settle() {
        boolean some = true;
        while (some) {
            some = api.deliver() | loop.step() | events.step();
        }
    }

    private Obj node(String name, String cpu, String... labels) {
        Struct.Builder map = Struct.builder().put("kubernetes.io/hostname", name);
        for (int i = 0; i < labels.length; i += 2) {
            map.put(labels[i], labels[i + 1]);
        }
        return api.seed(BuiltinResources.NODES, described(name, cpu, map.build()));
    }

    private static Obj described(String name, String cpu, Struct labels) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name, "labels", labels), "spec", Struct.EMPTY, "status",
                Struct.of("allocatable", Struct.of("cpu", cpu, "memory", "8Gi", "pods", "110"))));
    }

    private Obj pod(String name, Struct spec) {
        Struct full = spec.has("schedulerName") ? spec : spec.with("schedulerName", "default-scheduler");
        return api.create(BuiltinResources.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", name, "namespace", "default", "labels", Struct.of("app", name.substring(0, 1))),
                "spec",
                full)), WriteOptions.PLAIN);
    }

    private static Struct cpu(String amount) {
        return Struct.of("containers", Seq.of(Struct.of("name", "c", "image", "i", "resources",
                Struct.of("requests", Struct.of("cpu", amount)))));
    }

    private Obj get(String name) {
        return api.get(BuiltinResources.PODS, new Key("default", name));
    }

    private String node(String name) {
        return get(name).spec().text("nodeName");
    }

    private String why(String name) {
        return Conditions.find(get(name).status().seq("conditions"), "PodScheduled").map(c -> c.text("message"))
                .orElse("");
    }

    private List<String> nodeSelected() {
        return api.list(BuiltinResources.EVENTS, Query.ALL).items().stream()
                .map(e -> e.tree().text("reason") + ": " + e.tree().text("message")).toList();
    }

    @Test
    void unhelpfulEventsDoNotRetryAPodThatWaitsForItsClaim() {
        SchedulingQueue queue = SchedulerBed.queue(clock);
        queue.add(new PodInfo(pod("p", cpu("1"))));
        QueuedPod entry = queue.take().orElseThrow();
        queue.changed("NodeAdd", Set.of("NodeResourcesFit"));
        queue.park(entry, Set.of(VolumeFilter.NAME));
        assertThat(queue.take()).isEmpty();
        queue.changed("NodeAdd", Set.of());
        assertThat(queue.take()).contains(entry);
        queue.changed("NodeAdd", Set.of());
        queue.park(entry, Set.of(VolumeFilter.NAME));
        assertThat(queue.take()).contains(entry);
    }

    @Test
    void aChangeOfAPodDuringItsAttemptIsNotLost() {
        SchedulingQueue queue = SchedulerBed.queue(clock);
        PodInfo pod = new PodInfo(pod("p", cpu("1")));
        queue.add(pod);
        QueuedPod entry = queue.take().orElseThrow();
        queue.add(pod);
        queue.failed(entry, Set.of("TaintToleration"));
        clock.advance(Duration.ofSeconds(2));
        assertThat(queue.take()).contains(entry);
    }

    @Test
    void selectsANodeForAWaitingClaimAndBindsThePodAfterIt() {
        node("n1", "1");
        api.seed(BuiltinResources.STORAGE_CLASSES,
                Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "StorageClass",
                        "metadata", Struct.of("name", "local-path"), "provisioner", "rancher.io/local-path",
                        "volumeBindingMode",
                        "WaitForFirstConsumer")));
        Obj claim = api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolumeClaim", "metadata", Struct.of("name", "data", "namespace", "default"), "spec",
                Struct.of("storageClassName", "local-path"), "status", Struct.of("phase", "Pending"))));
        pod("p", cpu("1").with("volumes", Seq.of(Struct.of("name", "d", "persistentVolumeClaim",
                Struct.of("claimName", "data")))));
        settle();
        assertThat(node("p")).isEmpty();
        Obj told = api.get(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, claim.key());
        assertThat(told.annotations()).containsEntry("volume.kubernetes.io/selected-node", "n1");
        api.seed(BuiltinResources.PERSISTENT_VOLUMES,
                Obj.of(Struct.of("apiVersion", "v1", "kind", "PersistentVolume", "metadata",
                        Struct.of("name", "pv"))));
        api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                told.with("pv", "spec", "volumeName").with("Bound", "status", "phase"));
        settle();
        assertThat(node("p")).isEqualTo("n1");
    }

    @Test
    void keepsTheRoomOfAPodWhoseVolumeIsBeingMade() {
        api.seed(BuiltinResources.STORAGE_CLASSES,
                Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "StorageClass",
                        "metadata", Struct.of("name", "local"), "provisioner", "kubernetes.io/no-provisioner",
                        "volumeBindingMode", "WaitForFirstConsumer")));
        node("n1", "1");
        local("v", "n1");
        Obj claim = localClaim("data");
        localPod("a", "data");
        pod("b", cpu("1"));
        settle();
        assertThat(node("b")).isEmpty();
        api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                api.get(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, claim.key()).with("v", "spec", "volumeName")
                        .with("Bound", "status", "phase"));
        settle();
        assertThat(node("a")).isEqualTo("n1");
    }

    private void local(String name, String node) {
        Struct term = Struct.of("matchExpressions", Seq.of(Struct.of("key", "kubernetes.io/hostname", "operator", "In",
                "values", Seq.of(node))));
        api.seed(BuiltinResources.PERSISTENT_VOLUMES, Obj.of(Struct.of("apiVersion", "v1", "kind", "PersistentVolume",
                "metadata", Struct.of("name", name), "spec", Struct.of("storageClassName", "local", "capacity",
                        Struct.of("storage", "5Gi"), "accessModes", Seq.of("ReadWriteOnce"), "nodeAffinity",
                        Struct.of("required", Struct.of("nodeSelectorTerms", Seq.of(term)))))));
    }

    private Obj localClaim(String name) {
        return api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, Obj.of(Struct.of("apiVersion", "v1", "kind",
                "PersistentVolumeClaim", "metadata", Struct.of("name", name, "namespace", "default"), "spec",
                Struct.of("storageClassName", "local", "accessModes", Seq.of("ReadWriteOnce"), "resources",
                        Struct.of("requests", Struct.of("storage", "1Gi"))),
                "status", Struct.of("phase", "Pending"))));
    }

    private void localPod(String name, String claim) {
        pod(name, cpu("1").with("volumes", Seq.of(Struct.of("name", "d", "persistentVolumeClaim",
                Struct.of("claimName", claim)))));
        settle();
    }

    @Test
    void schedulesToTheNodeOfALocalVolumeAndBindsIt() {
        api.seed(BuiltinResources.STORAGE_CLASSES,
                Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "StorageClass",
                        "metadata", Struct.of("name", "local"), "provisioner", "kubernetes.io/no-provisioner",
                        "volumeBindingMode", "WaitForFirstConsumer")));
        node("n1", "4");
        node("n2", "4");
        local("v", "n2");
        Obj first = localClaim("first");
        localClaim("second");
        localPod("p", "first");
        Struct ref = api.get(BuiltinResources.PERSISTENT_VOLUMES, Key.of("v")).spec().struct("claimRef");
        assertThat(ref.text("name")).isEqualTo("first");
        assertThat(ref.text("uid")).isEqualTo(first.uid());
        assertThat(node("p")).isEmpty();
        localPod("q", "second");
        assertThat(why("q")).contains("2 node(s) didn't find available persistent volumes to bind");
        Obj claim = api.get(BuiltinResources.PERSISTENT_VOLUME_CLAIMS, first.key());
        api.seed(BuiltinResources.PERSISTENT_VOLUME_CLAIMS,
                claim.with("v", "spec", "volumeName").with("Bound", "status", "phase"));
        settle();
        assertThat(node("p")).isEqualTo("n2");
    }
}
