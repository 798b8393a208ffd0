package io.k3j.kubeletserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kubeletvolumes.DiskUsage;
import io.k3j.kubeletvolumes.HostPrograms;
import io.k3j.kubeletvolumes.VolumeStats;
import io.k3j.kubeletvolumes.Volumes;
import io.k3j.kuberuntime.Labels;
import io.k3j.kuberuntime.PodRuntime;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.Container;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.ContainerUsage;
import io.k3j.nodeapi.ImageStore;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.nodeapi.Sandbox;
import io.k3j.nodefiles.Mounts;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitbase.Waiting;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The summary of a pod with real directories and a scripted runtime.
class StatsTest {
    private static final List<String> FS = List.of("time", "availableBytes", "capacityBytes", "usedBytes", "inodesFree",
            "inodes", "inodesUsed");
    private static final int WRITTEN = 100_000;
    @TempDir
    private Path directory;
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final VolumeStats volumeStats = new VolumeStats(clock, clock.monotonic());
    private final List<Hosted> pods = new ArrayList<>();
    private final List<ContainerUsage> usage = new ArrayList<>();
    private final List<Sandbox.Usage> sandboxes = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private OptionalLong pid = OptionalLong.empty();
    private Volumes volumes;
    private Stats stats;

    /// What runs of a pod is given.
    private record Hosted(Obj pod, PodRuntime runtime) implements HostedPod {
    }

    private Object runtime(String method) {
        return switch (method) {
            case "usage" -> List.copyOf(usage);
            case "pid" -> pid;
            case "sandboxUsage" -> {
                asked.incrementAndGet();
                if (sandboxes.isEmpty()) {
                    throw new RuntimeFault(RuntimeFault.Kind.UNSUPPORTED, "scripted");
                }
                yield List.copyOf(sandboxes);
            }
            case "images" -> proxy(ImageStore.class, (m, _) -> new ImageStore.Disk(directory.toString(), 5, 6));
            default -> throw new IllegalStateException(method);
        };
    }

    private interface Answers {
        Object to(String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Answers answers) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (_, m, a) -> answers.to(m.getName(), a)));
    }

    @BeforeEach
    void begin() {
        ReferencedObjects references = new ReferencedObjects(api);
        volumes = new Volumes(directory.resolve("pods"), references,
                (_, _, _) -> Map.of(), new Mounts(),
                new HostPrograms(), clock, volumeStats, (pod, reason, message) -> {
                });
        ContainerRuntime runtime = proxy(ContainerRuntime.class, (m, _) -> runtime(m));
        stats = new Stats(proxy(KubeletHost.class, (m, a) -> switch (m) {
            case "nodeName" -> "n";
            case "rootDir" -> directory;
            case "podDir" -> directory.resolve("pods").resolve((String) a[0]);
            case "podLogs" -> directory.resolve("log").resolve(((Obj) a[0]).uid());
            case "volumeStats" -> volumeStats;
            case "runtime" -> runtime;
            case "clock" -> clock;
            case "pods" -> pods;
            default -> throw new IllegalStateException(m);
        }));
    }

    private static ContainerUsage used(String id, String layer, long available) {
        return new ContainerUsage(id, Map.of(), Instant.EPOCH, 7, 10, 9, 8, 4096,
                new ContainerUsage.Details(available, 5, 4, 3, 2, layer, 11));
    }

    private Obj run(String uid, Struct spec, String... containers) throws IOException {
        Seq mounts = Seq.copyOf(spec.seq("volumes").structs().stream().map(v -> Struct.of("name", v.text("name")))
                .toList());
        Struct own = mounts.isEmpty() ? spec
                : spec.with("containers", Seq.of(Struct.of("name", containers[0], "volumeMounts", mounts)));
        Obj pod = Obj.of(Struct.of("metadata", Struct.of("uid", uid, "name", "p", "namespace", "ns"), "spec", own,
                "status", Struct.of("startTime", "2026-01-01T00:00:00Z")));
        Map<String, List<Container>> all = new HashMap<>();
        for (String name : containers) {
            String id = uid + name;
            all.put(name, List.of(new Container(id, "s" + uid, name, 0, Container.State.RUNNING, "i",
                    Map.of(Labels.CONTAINER, name), Map.of(), Container.End.NONE)));
            usage.add(used(id, directory.toString(), 0));
            Files.write(Files.createDirectories(directory.resolve("log").resolve(uid).resolve(name)).resolve("0.log"),
                    new byte[WRITTEN]);
        }
        pods.add(new Hosted(pod, new PodRuntime(List.of(new Sandbox("s" + uid, 0, true, Instant.EPOCH, List.of(),
                Map.of(), Map.of())), all)));
        return pod;
    }

    private Struct first() throws InterruptedException {
        return stats.summary().seq("pods").struct(0);
    }

    @Test
    void aPodsNetworkIsThatOfItsSandbox() throws Exception {
        run("u", Struct.EMPTY, "a");
        sandboxes.add(new Sandbox.Usage("su", Instant.ofEpochSecond(1_700_000_000),
                List.of(new Sandbox.Interface("net1", 5, 6, 7, 8), new Sandbox.Interface("eth0", 1, 2, 3, 4)),
                OptionalLong.empty(), OptionalLong.of(3)));
        Struct eth0 = Struct.of("name", "eth0", "rxBytes", 1, "rxErrors", 2, "txBytes", 3, "txErrors", 4);
        assertThat(first().struct("network")).isEqualTo(Struct.of("time", "2023-11-14T22:13:20Z", "name", "eth0",
                "rxBytes", 1, "rxErrors", 2, "txBytes", 3, "txErrors", 4, "interfaces",
                Seq.of(Struct.of("name", "net1", "rxBytes", 5, "rxErrors", 6, "txBytes", 7, "txErrors", 8), eth0)));
        assertThat(first().struct("process_stats")).isEqualTo(Struct.of("process_count", 3));
    }

    @Test
    void aPodOnTheHostsNetworkHasNone() throws Exception {
        run("u", Struct.of("hostNetwork", true), "a");
        sandboxes.add(new Sandbox.Usage("su", Instant.EPOCH, List.of(new Sandbox.Interface("eth0", 1, 2, 3, 4)),
                OptionalLong.empty(), OptionalLong.empty()));
        assertThat(first().has("network")).isFalse();
    }

    @Test
    void theKernelTellsByAProcessOfTheSandbox() throws Exception {
        run("u", Struct.EMPTY, "a");
        sandboxes.add(new Sandbox.Usage("su", Instant.EPOCH, List.of(),
                OptionalLong.of(ProcessHandle.current().pid()), OptionalLong.empty()));
        // other tests add interfaces to this machine and take them away
        Waiting.until("the interfaces of this machine", () -> {
            clock.advance(Duration.ofSeconds(10));
            List<String> here = NetworkStats.interfaces(Files.readString(Path.of("/proc/net/dev"))).stream()
                    .map(Sandbox.Interface::name).toList();
            assertThat(first().struct("network").seq("interfaces").structs().stream().map(i -> i.text("name")))
                    .containsExactlyElementsOf(here);
            return true;
        });
    }

    @Test
    void theRuntimeIsAskedForNetworksOnceInTenSeconds() throws Exception {
        run("u", Struct.EMPTY, "a");
        assertThat(first().has("network")).isFalse();
        clock.advance(Duration.ofMillis(9_999));
        sandboxes.add(new Sandbox.Usage("su", Instant.EPOCH, List.of(new Sandbox.Interface("eth0", 1, 2, 3, 4)),
                OptionalLong.empty(), OptionalLong.empty()));
        assertThat(first().has("network")).isFalse();
        assertThat(asked).hasValue(1);
        clock.advance(Duration.ofMillis(1));
        assertThat(first().has("network")).isTrue();
        assertThat(asked).hasValue(2);
    }

    /// `ns/c`, bound to a local volume.
    private void claim() throws IOException {
        Path local = Files.createDirectory(directory.resolve("local"));
        Struct claim = Struct.of("namespace", "ns", "name", "c", "uid", "u-c");
        api.seed(ReferencedObjects.CLAIMS, Obj.of(Struct.of("metadata", claim,
                "spec", Struct.of("volumeName", "pv"), "status", Struct.of("phase", "Bound"))));
        api.seed(ReferencedObjects.VOLUMES, Obj.of(Struct.of("metadata", Struct.of("name", "pv"), "spec",
                Struct.of("local", Struct.of("path", local.toString()), "claimRef", claim))));
    }

    @Test
    void metricsTellOfAClaimOnceAndOfNoOtherVolume() throws Exception {
        claim();
        Struct spec = Struct.of("volumes", Seq.of(Struct.of("name", "e", "emptyDir", Struct.EMPTY),
                Struct.of("name", "l", "persistentVolumeClaim", Struct.of("claimName", "c"))));
        volumes.prepare(run("u", spec, "a"), List.of());
        volumes.prepare(run("v", spec, "a"), List.of());
        assertThat(stats.metrics()).doesNotContain("kubelet_volume_stats");
        volumeStats.run(new CountDownLatch(0));
        Struct told = first().seq("volume").find("name", "l");
        List<String> lines = stats.metrics().lines().filter(l -> l.startsWith("kubelet_volume_stats_")).toList();
        assertThat(lines).hasSize(6).contains(line("capacity_bytes", told.whole("capacityBytes", 0)),
                line("available_bytes", told.whole("availableBytes", 0)),
                line("used_bytes", told.whole("usedBytes", 0)), line("inodes", told.whole("inodes", 0)),
                line("inodes_free", told.whole("inodesFree", 0)), line("inodes_used", told.whole("inodesUsed", 0)));
    }

    private static String line(String name, long value) {
        return "kubelet_volume_stats_" + name + "{namespace=\"ns\",persistentvolumeclaim=\"c\"} " + value;
    }

    @Test
    void volumesAreToldWithTheirClaims() throws Exception {
        claim();
        Obj pod = run("u", Struct.of("volumes", Seq.of(Struct.of("name", "e", "emptyDir", Struct.EMPTY),
                Struct.of("name", "l", "persistentVolumeClaim", Struct.of("claimName", "c")))), "a");
        assertThat(first().has("volume")).isFalse();
        Path written = volumes.prepare(pod, List.of()).get("e");
        Files.write(written.resolve("f"), new byte[WRITTEN]);
        volumeStats.run(new CountDownLatch(0));
        List<Struct> told = first().seq("volume").structs();
        DiskUsage.FileSystem disk = new DiskUsage().fileSystem(directory);
        assertThat(told).hasSize(2).allSatisfy(v -> assertThat(v.names()).containsAll(FS));
        assertThat(told.getFirst().text("name")).isEqualTo("e");
        assertThat(told.getFirst().whole("usedBytes", 0)).isBetween((long) WRITTEN, WRITTEN * 2L);
        assertThat(told.getFirst().whole("inodesUsed", 0)).isEqualTo(2);
        assertThat(told.getFirst().whole("capacityBytes", 0)).isEqualTo(disk.capacityBytes());
        assertThat(told.getFirst().has("pvcRef")).isFalse();
        assertThat(told.getLast().struct("pvcRef")).isEqualTo(Struct.of("name", "c", "namespace", "ns"));
        assertThat(told.getLast().whole("capacityBytes", 0)).isEqualTo(disk.capacityBytes());
    }

    @Test
    void ephemeralStorageIsLayersLogsVolumesAndHosts() throws Exception {
        Obj pod = run("u", Struct.of("volumes", Seq.of(Struct.of("name", "e", "emptyDir", Struct.EMPTY), Struct.of(
                "name", "d", "downwardAPI", Struct.EMPTY))), "a", "b");
        Path written = volumes.prepare(pod, List.of()).get("e");
        Files.write(written.resolve("f"), new byte[WRITTEN]);
        Files.write(directory.resolve("pods/u/etc-hosts"), new byte[1]);
        volumeStats.run(new CountDownLatch(0));
        Struct told = first();
        assertThat(told.struct("ephemeral-storage").names()).containsExactlyInAnyOrderElementsOf(FS);
        for (String field : List.of("usedBytes", "inodesUsed")) {
            long containers = told.seq("containers").structs().stream()
                    .mapToLong(c -> c.struct("rootfs").whole(field, 0) + c.struct("logs").whole(field, 0)).sum();
            long volume = told.seq("volume").find("name", "e").whole(field, 0);
            long hosts = field.equals("usedBytes") ? new DiskUsage().file(directory.resolve("pods/u/etc-hosts")).bytes()
                    : 1;
            assertThat(told.struct("ephemeral-storage").whole(field, 0)).isPositive()
                    .isEqualTo(LongStream.of(containers, volume, hosts).sum());
        }
    }

    @Test
    void aContainersFilesAreItsLayerAndItsLogs() throws Exception {
        run("u", Struct.EMPTY, "a");
        Struct container = first().seq("containers").struct(0);
        assertThat(container.struct("rootfs").names()).containsExactlyInAnyOrderElementsOf(FS);
        assertThat(container.struct("rootfs").whole("usedBytes", 0)).isEqualTo(4096);
        assertThat(container.struct("rootfs").whole("inodesUsed", 0)).isEqualTo(11);
        assertThat(container.struct("logs").names()).containsExactlyInAnyOrderElementsOf(FS);
        assertThat(container.struct("logs").whole("usedBytes", 0)).isBetween((long) WRITTEN, WRITTEN * 2L);
        assertThat(container.struct("logs").whole("inodesUsed", 0)).isEqualTo(1);
    }

    @Test
    void memoryIsAvailableWhereThereIsALimit() throws Exception {
        run("u", Struct.EMPTY, "a", "b");
        usage.set(0, used("ua", "", 100));
        Struct pod = first();
        Struct a = pod.seq("containers").find("name", "a");
        assertThat(a.struct("memory").without("time")).isEqualTo(Struct.of("usageBytes", 10, "workingSetBytes", 9,
                "rssBytes", 8, "pageFaults", 5, "majorPageFaults", 4, "availableBytes", 100));
        assertThat(a.struct("swap").without("time")).isEqualTo(Struct.of("swapAvailableBytes", 2, "swapUsageBytes", 3));
        assertThat(pod.seq("containers").find("name", "b").struct("memory").has("availableBytes")).isFalse();
        assertThat(pod.struct("memory").without("time")).isEqualTo(Struct.of("usageBytes", 20, "workingSetBytes", 18,
                "rssBytes", 16, "pageFaults", 10, "majorPageFaults", 8));
        usage.set(1, used("ub", "", 20));
        assertThat(first().struct("memory").whole("availableBytes", 0)).isEqualTo(120);
    }

    @Test
    void theRuntimeIsASystemContainerWhereItsProcessIsKnown() throws Exception {
        assertThat(system()).containsExactly("kubelet", "pods");
        pid = OptionalLong.of(ProcessHandle.current().pid());
        assertThat(system()).containsExactly("kubelet", "runtime", "pods");
        Struct runtime = stats.summary().struct("node").seq("systemContainers").find("name", "runtime");
        assertThat(runtime.struct("memory").whole("rssBytes", 0)).isPositive();
        assertThat(runtime.struct("cpu").whole("usageCoreNanoSeconds", 0)).isPositive();
        pid = OptionalLong.of(Integer.MAX_VALUE);
        assertThat(system()).containsExactly("kubelet", "pods");
    }

    private List<String> system() throws InterruptedException {
        return stats.summary().struct("node").seq("systemContainers").structs().stream().map(c -> c.text("name"))
                .toList();
    }

    @Test
    void theNodeTellsOfItsImages() throws Exception {
        Struct told = stats.summary().struct("node").struct("runtime");
        Struct images = told.struct("imageFs");
        assertThat(images.names()).containsExactlyInAnyOrderElementsOf(FS);
        assertThat(images.whole("usedBytes", 0)).isEqualTo(5);
        assertThat(images.whole("inodesUsed", 0)).isEqualTo(6);
        assertThat(told.struct("containerFs")).isEqualTo(images);
    }

    @Test
    void aPodThatIsGoingAwayIsToldWithoutItsFiles() throws Exception {
        run("u", Struct.EMPTY, "a");
        usage.set(0, used("ua", "/absent", 0));
        Files.delete(directory.resolve("log/u/a/0.log"));
        Files.delete(directory.resolve("log/u/a"));
        Struct container = first().seq("containers").struct(0);
        assertThat(container.struct("rootfs").without("time"))
                .isEqualTo(Struct.of("usedBytes", 4096, "inodesUsed", 11));
        assertThat(container.struct("logs").whole("usedBytes", -1)).isZero();
    }
}
