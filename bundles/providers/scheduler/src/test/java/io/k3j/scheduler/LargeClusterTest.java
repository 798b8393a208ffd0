package io.k3j.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schedulercache.ClaimedVolumes;
import io.k3j.schedulercache.ClusterState;
import io.k3j.schedulercache.NodeState;
import io.k3j.schedulercache.PodInfo;
import io.k3j.schedulercache.Snapshot;
import io.k3j.schedulerconfig.SchedulerProfile;
import io.k3j.schedulingqueue.QueuedPod;
import io.k3j.schedulingqueue.SchedulingQueue;
import io.k3j.testkit.ManualClock;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What would be too slow, or unfair, with many nodes.
class LargeClusterTest {
    /// Of the processor, which does a fifth, or less, where others use the machine as well.
    private static final Duration SECOND = Duration.ofSeconds(Boolean.getBoolean("k3j.full") ? 1 : 10);
    private static final ClaimedVolumes NO_VOLUMES = new ClaimedVolumes() {
        @Override
        public Optional<Obj> claim(Key key) {
            return Optional.empty();
        }

        @Override
        public Optional<Obj> volume(String name) {
            return Optional.empty();
        }

        @Override
        public List<Obj> volumesOf(String storageClass) {
            return List.of();
        }

        @Override
        public Optional<Obj> storageClass(String name) {
            return Optional.empty();
        }
    };

    private final ClusterState cluster = new ClusterState(n -> Map.of(), NO_VOLUMES);

    private void node(String name, String zone) {
        cluster.put(Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", name, "labels",
                        Struct.of("kubernetes.io/hostname", name, "topology.kubernetes.io/zone", zone)),
                "status", Struct.of("allocatable", Struct.of("cpu", "1", "memory", "8Gi", "pods", "110")))));
    }

    private static PodInfo pod(String name, Struct spec) {
        return new PodInfo(Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata", Struct.of("name", name,
                "namespace", "default", "uid", name, "labels", Struct.of("app", "a")), "spec", spec)));
    }

    @Test
    void theNodesThatAreTriedFirstAreOfAllZones() {
        for (int i = 0; i < 300; i++) {
            node("n" + i, "z" + i / 100);
        }
        assertThat(firstByZone()).isEqualTo(Map.of("z0", 40L, "z1", 40L, "z2", 40L));
        cluster.removeNode("n0");
        node("n1", "z2");
        assertThat(cluster.snapshot().nodes()).hasSize(299).extracting(NodeState::name).doesNotHaveDuplicates();
        assertThat(firstByZone()).isEqualTo(Map.of("z0", 40L, "z1", 40L, "z2", 40L));
    }

    private Map<String, Long> firstByZone() {
        return cluster.snapshot().nodes().subList(0, 120).stream().collect(Collectors
                .groupingBy(n -> n.labels().get("topology.kubernetes.io/zone"), Collectors.counting()));
    }

    @Test
    void preemptionOnThousandsOfFullNodesTakesLessThanASecond() {
        assertPreemptsTwoInASecond(pod("high", SchedulerBed.cpu("1", 1_000).with("topologySpreadConstraints",
                SchedulerBed.spread("a"))));
    }

    @Test
    void preemptionByAPodThatKeepsItsDistanceTakesLessThanASecond() {
        Struct against = Struct.of("podAntiAffinity", Struct.of("requiredDuringSchedulingIgnoredDuringExecution",
                Seq.of(Struct.of("topologyKey", "kubernetes.io/hostname", "labelSelector",
                        Struct.of("matchLabels", Struct.of("app", "a"))))));
        assertPreemptsTwoInASecond(pod("high", SchedulerBed.cpu("0", 1_000).with("affinity", against)));
    }

    private void assertPreemptsTwoInASecond(PodInfo high) {
        for (int i = 0; i < 5_000; i++) {
            node("n" + i, "z" + i % 3);
        }
        for (int i = 0; i < 5_000; i++) {
            cluster.put(pod("p" + i, SchedulerBed.cpu("500m").with("nodeName", "n" + i)));
            cluster.put(pod("q" + i, SchedulerBed.cpu("500m").with("nodeName", "n" + i)));
        }
        Snapshot snapshot = cluster.snapshot();
        Placement.None none = (Placement.None) Placement.of(SchedulerProfile.DEFAULT, high, snapshot, 0, new Random(1),
                SchedulerBed.untimed());
        // CPU time of this thread, so that a busy machine does not fail the test
        long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        Preemption.Result result = new Preemption(SchedulerProfile.DEFAULT, high, snapshot, List.of(), none).find();
        long taken = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin;
        assertThat(result.best().orElseThrow().victims()).hasSize(2);
        assertThat(Duration.ofNanos(taken)).isLessThan(SECOND);
    }

    @Test
    void podsThatWaitCostTheOthersNothing() {
        SchedulingQueue queue = SchedulerBed.queue(new ManualClock());
        for (int i = 0; i < 30_000; i++) {
            queue.add(pod("p" + i, SchedulerBed.cpu("1")));
        }
        long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (Optional<QueuedPod> next = queue.take(); next.isPresent(); next = queue.take()) {
            queue.failed(next.get(), Set.of(NodeFilters.FIT));
        }
        for (int i = 0; i < 30_000; i++) {
            queue.changed("AssignedPodAdd", Set.of(SpreadFilter.NAME));
        }
        int unhelped = queue.pending().unschedulable();
        queue.changed("NodeAdd", Set.of());
        int helped = queue.pending().backOff();
        for (int i = 0; i < 30_000; i++) {
            queue.remove("p" + i);
        }
        long taken = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin;
        assertThat(unhelped).isEqualTo(30_000);
        assertThat(helped).isEqualTo(30_000);
        assertThat(queue.pending().backOff()).isZero();
        assertThat(Duration.ofNanos(taken)).isLessThan(SECOND);
    }

    @Test
    void aNodeThatComesHasThePodsThatAreBoundToIt() {
        cluster.put(pod("p", SchedulerBed.cpu("500m").with("nodeName", "n")));
        cluster.put(pod("q", SchedulerBed.cpu("500m").with("nodeName", "n")));
        node("n", "z");
        assertThat(cluster.snapshot().nodes().getFirst().pods()).hasSize(2);
        cluster.removeNode("n");
        cluster.remove("p");
        node("n", "z");
        assertThat(cluster.snapshot().nodes().getFirst().pods()).extracting(PodInfo::uid).containsExactly("q");
    }

    @Test
    void preemptionBeginsWhereThePlacementBegan() {
        for (int i = 0; i < 300; i++) {
            node("n" + i, "z");
            cluster.put(pod("p" + i, SchedulerBed.cpu("1").with("nodeName", "n" + i)));
        }
        PodInfo high = pod("high", SchedulerBed.cpu("1", 1_000));
        Snapshot snapshot = cluster.snapshot();
        Placement.None none = (Placement.None) Placement.of(SchedulerProfile.DEFAULT, high, snapshot, 150,
                new Random(1),
                SchedulerBed.untimed());
        Preemption.Result result = new Preemption(SchedulerProfile.DEFAULT, high, snapshot, List.of(), none).find();
        assertThat(result.best().orElseThrow().node().name()).isEqualTo(snapshot.nodes().get(150).name());
    }
}
