package io.k3j.kubeleteviction;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EvictionManagerTest {
    private static final long GI = 1L << 30;
    private final ManualClock clock = new ManualClock();
    private final Scene scene = new Scene();

    /// A node of 8 Gi memory and a disk of 100 Gi.
    private final class Scene implements EvictionManager.Node {
        private final List<Obj> pods = new ArrayList<>();
        private final List<Struct> stats = new ArrayList<>();
        private final List<String> told = new ArrayList<>();
        private long memory = 4 * GI;
        private long disk = 50 * GI;
        private long imagesBytes;
        private long processes = 100;

        @Override
        public Struct summary() {
            String time = clock.instant().toString();
            Struct fs = Struct.of("time", time, "availableBytes", disk, "capacityBytes", 100 * GI, "inodesFree", 1000,
                    "inodes", 2000);
            return Struct.of("node", Struct.of("memory", Struct.of("time", time, "availableBytes", memory,
                    "workingSetBytes", 8 * GI - memory), "fs", fs, "runtime", Struct.of("imageFs", fs), "rlimit",
                    Struct.of("time", time, "maxpid", 1000, "curproc", processes)), "pods", Seq.copyOf(stats));
        }

        void pod(String name, long priority, long request, long used) {
            Struct container = Struct.of("name", "main", "resources",
                    Struct.of("requests", Struct.of("memory", Long.toString(request))));
            pods.add(Obj.of(Struct.of("metadata", Struct.of("name", name, "namespace", "default", "uid", name), "spec",
                    Struct.of("priority", priority, "containers", Seq.of(container)))));
            Struct bytes = Struct.of("workingSetBytes", used);
            stats.add(Struct.of("podRef", Struct.of("uid", name), "memory", bytes, "containers",
                    Seq.of(Struct.of("name", "main", "memory", bytes, "rootfs", Struct.of("usedBytes", used), "logs",
                            Struct.of("usedBytes", 0)))));
        }

        @Override
        public List<Obj> pods() {
            return List.copyOf(pods);
        }

        @Override
        public long request(Obj pod, String resource) {
            return resource.equals("memory") ? Long.parseLong(pod.spec().seq("containers").struct(0)
                    .struct("resources").struct("requests").text("memory")) : 0;
        }

        @Override
        public boolean separateImages() {
            return false;
        }

        @Override
        public void removeImages() {
            told.add("images");
            disk += imagesBytes;
        }

        @Override
        public void evict(Obj pod, Duration grace, String message, boolean disruption) {
            told.add(pod.name() + " " + grace.toSeconds() + "s: " + message);
            pods.remove(pod);
            stats.removeIf(s -> s.struct("podRef").text("uid").equals(pod.uid()));
        }

        @Override
        public void told(String reason, String message) {
            told.add(reason + ": " + message);
        }
    }

    private EvictionManager manager(String... arguments) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < arguments.length; i += 2) {
            all.put(arguments[i], arguments[i + 1]);
        }
        return new EvictionManager(EvictionConfig.of(all), scene, clock);
    }

    private void round(EvictionManager manager) throws InterruptedException {
        clock.advance(Duration.ofSeconds(10));
        manager.synchronize();
    }

    @Test
    void nothingIsShortOfANodeThatHasRoom() throws InterruptedException {
        scene.pod("a", 0, 0, GI);
        EvictionManager manager = manager();
        round(manager);
        assertThat(scene.told).isEmpty();
        assertThat(manager.conditions()).isEmpty();
    }

    @Test
    void thePodThatUsesMostBeyondItsRequestGoesFirst() throws InterruptedException {
        scene.pod("within", 0, 2 * GI, 2 * GI - 1);
        scene.pod("beyond", 0, GI / 2, 3 * GI / 2);
        scene.pod("important", 1000, 0, 3 * GI);
        scene.memory = 99L << 20;
        EvictionManager manager = manager("eviction-hard", "memory.available<100Mi");
        round(manager);
        assertThat(scene.told).containsExactly("EvictionThresholdMet: Attempting to reclaim memory",
                "beyond 1s: The node was low on resource: memory. Threshold quantity: 100Mi, available: 99Mi. "
                        + "Container main was using 1536Mi, request is 536870912, has larger consumption of memory. ");
        assertThat(manager.conditions()).containsExactly("MemoryPressure");
        round(manager);
        assertThat(scene.told.getLast()).startsWith("important 1s: ");
        round(manager);
        assertThat(scene.told.getLast()).startsWith("within 1s: ");
    }

    @Test
    void criticalPodsStay() throws InterruptedException {
        scene.pod("critical", 2_000_000_000, 0, 3 * GI);
        scene.pod("small", 5, 0, 1);
        scene.memory = 1;
        EvictionManager manager = manager("eviction-hard", "memory.available<100Mi");
        round(manager);
        round(manager);
        assertThat(scene.pods).extracting(Obj::name).containsExactly("critical");
    }

    @Test
    void imagesGoBeforePodsWhenTheDiskIsFull() throws InterruptedException {
        scene.pod("a", 0, 0, GI);
        scene.disk = 4 * GI;
        scene.imagesBytes = 20 * GI;
        EvictionManager manager = manager();
        round(manager);
        assertThat(scene.told).containsExactly("EvictionThresholdMet: Attempting to reclaim ephemeral-storage",
                "images");
        assertThat(manager.conditions()).containsExactly("DiskPressure");
    }

    @Test
    void aDiskIsFullUntilATenthMoreIsFree() throws InterruptedException {
        scene.pod("a", 0, 0, 2 * GI);
        scene.pod("b", 0, 0, GI);
        scene.disk = 4 * GI;
        EvictionManager manager = manager();
        round(manager);
        assertThat(scene.told.getLast()).startsWith("a 1s: The node was low on resource: ephemeral-storage. Threshold "
                + "quantity: 5368709200, available: 4Gi. Container main was using 2Gi, request is 0, has larger");
        scene.disk = 14 * GI;
        round(manager);
        assertThat(scene.told.getLast()).startsWith("b 1s: ");
        scene.disk = 16 * GI;
        scene.told.clear();
        round(manager);
        assertThat(scene.told).isEmpty();
        assertThat(manager.conditions()).as("for five minutes more").containsExactly("DiskPressure");
        clock.advance(Duration.ofMinutes(5));
        round(manager);
        assertThat(manager.conditions()).isEmpty();
    }

    @Test
    void aSoftThresholdWaitsAndLeavesPodsTimeToEnd() throws InterruptedException {
        scene.pod("a", 0, 0, GI);
        scene.memory = GI;
        EvictionManager manager = manager("eviction-hard", "", "eviction-soft", "memory.available<2Gi",
                "eviction-soft-grace-period", "memory.available=25s", "eviction-max-pod-grace-period", "20");
        round(manager);
        round(manager);
        round(manager);
        assertThat(scene.told).isEmpty();
        assertThat(manager.conditions()).containsExactly("MemoryPressure");
        round(manager);
        assertThat(scene.told.getLast()).startsWith("a 20s: ");
    }

    @Test
    void fewProcessesLeftIsPressureToo() throws InterruptedException {
        scene.pod("high", 10, 0, GI);
        scene.pod("low", 0, 0, GI);
        scene.processes = 950;
        EvictionManager manager = manager("eviction-hard", "pid.available<10%");
        round(manager);
        assertThat(manager.conditions()).isEqualTo(Set.of("PIDPressure"));
        assertThat(scene.told.getLast()).isEqualTo("low 1s: The node was low on resource: pids. Threshold quantity: "
                + "100, available: 50. ");
    }

    @Test
    void aPodBeyondItsOwnLimitsGoesWhateverIsLeft() throws InterruptedException {
        scene.pod("greedy", 0, 0, GI);
        scene.pods.set(0, scene.pods.getFirst().with(Seq.of(Struct.of("name", "tmp", "emptyDir",
                Struct.of("sizeLimit", "10Mi"))), "spec", "volumes"));
        scene.stats.set(0, scene.stats.getFirst().with("volume",
                Seq.of(Struct.of("name", "tmp", "usedBytes", 11L << 20))));
        round(manager());
        assertThat(scene.told)
                .containsExactly("greedy 1s: Usage of EmptyDir volume \"tmp\" exceeds the limit \"10Mi\". ");
        scene.pod("layers", 0, 0, GI);
        Struct container = Struct.of("name", "main", "resources",
                Struct.of("limits", Struct.of("ephemeral-storage", "1Mi")));
        scene.pods.set(0, scene.pods.getFirst().with(Seq.of(container), "spec", "containers"));
        round(manager());
        assertThat(scene.told.getLast()).isEqualTo(
                "layers 1s: Container main exceeded its local ephemeral storage limit \"1Mi\". ");
    }

    @Test
    void podsThatWereEndedAreCountedBySignal() throws InterruptedException {
        scene.pod("a", 0, 0, 3 * GI);
        scene.pod("b", 0, 0, GI);
        scene.memory = 1;
        EvictionManager manager = manager("eviction-hard", "memory.available<100Mi");
        assertThat(manager.evictions()).isEmpty();
        round(manager);
        round(manager);
        assertThat(manager.evictions()).isEqualTo(Map.of("memory.available", 2L));
        scene.memory = 4 * GI;
        scene.pod("greedy", 0, 0, GI);
        int last = scene.pods.size() - 1;
        scene.pods.set(last, scene.pods.get(last).with(Seq.of(Struct.of("name", "tmp", "emptyDir",
                Struct.of("sizeLimit", "10Mi"))), "spec", "volumes"));
        int stats = scene.stats.size() - 1;
        scene.stats.set(stats, scene.stats.get(stats).with("volume",
                Seq.of(Struct.of("name", "tmp", "usedBytes", 11L << 20))));
        round(manager);
        assertThat(manager.evictions()).containsEntry("emptydirfs.limit", 1L).containsEntry("memory.available", 2L);
    }
}
