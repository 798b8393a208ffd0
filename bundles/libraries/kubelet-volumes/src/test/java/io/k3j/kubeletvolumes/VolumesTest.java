package io.k3j.kubeletvolumes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.k3j.kubeletvolumes.VolumeFiles.Content;
import io.k3j.kuberuntime.ConfigError;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodefiles.Mounts;
import io.k3j.testkit.FakeApi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

@EnabledIfSystemProperty(named = "user.name", matches = "root", disabledReason = "mounts")
class VolumesTest {
    @TempDir
    private Path directory;
    private final FakeApi api = FakeApi.stepped(InstantSource.system());
    private final Mounts mounts = new Mounts();
    private final VolumeStats stats = new VolumeStats(InstantSource.system(), InstantSource.system());
    private Volumes volumes;
    /// What volumes with files show.
    private Map<String, Content> files = Map.of();
    private boolean failing;
    private final List<String> warned = new ArrayList<>();

    @BeforeEach
    void begin() {
        ReferencedObjects references = new ReferencedObjects(api);
        volumes = new Volumes(directory.resolve("pods"), references, (_, _, _) -> {
            if (failing) {
                throw ConfigError.config("away");
            }
            return files;
        }, mounts, new HostPrograms(), InstantSource.system(), stats,
                (pod, reason, message) -> warned.add(reason + ": " + message));
    }

    @AfterEach
    void end() throws IOException {
        mounts.unmountBelow(directory);
    }

    @Test
    void makesAVolumeInMemoryAnewAfterAReboot() throws IOException {
        Obj pod = pod(Struct.of("name", "v", "emptyDir", Struct.of("medium", "Memory")), Struct.of("fsGroup", 4711));
        Path v = volumes.prepare(pod, List.of()).get("v");
        mounts.unmountBelow(v);
        volumes.prepare(pod, List.of());
        assertThat(mounts.mounted(v)).isTrue();
        assertThat((int) Files.getAttribute(v, "unix:mode") & 07777).isEqualTo(03777);
        assertThat(Files.getAttribute(v, "unix:gid")).isEqualTo(4711);
        Files.writeString(v.resolve("kept"), "");
        volumes.prepare(pod, List.of());
        assertThat(v.resolve("kept")).exists();
    }

    @Test
    void aVolumeInMemoryIsNoLargerThanWhatThePodMayUse() throws IOException {
        Struct limited = Struct.of("name", "c", "resources", Struct.of("limits", Struct.of("memory", "16Mi")),
                "volumeMounts", Seq.of(Struct.of("name", "v"), Struct.of("name", "w")));
        Obj pod = pod(Seq.of(Struct.of("name", "v", "emptyDir", Struct.of("medium", "Memory")),
                Struct.of("name", "w", "emptyDir", Struct.of("medium", "Memory", "sizeLimit", "4Mi"))), Struct.EMPTY)
                .with(Seq.of(limited), "spec", "containers");
        Map<String, Path> made = volumes.prepare(pod, List.of());
        assertThat(Files.getFileStore(made.get("v")).getTotalSpace()).isEqualTo(16 << 20);
        assertThat(Files.getFileStore(made.get("w")).getTotalSpace()).isEqualTo(4 << 20);
        volumes.remove("u1");
        volumes.memory(8 << 20);
        assertThat(Files.getFileStore(volumes.prepare(pod, List.of()).get("v")).getTotalSpace()).isEqualTo(8 << 20);
    }

    @Test
    void whatLiesInMemoryIsNotSwapped() throws IOException {
        assumeTrue(mounts.unswapped(directory), "an older kernel, or a user namespace");
        assertThat(directory).isDirectoryNotContaining("glob:**/noswap-*");
        files = Map.of("f", new Content("secret".getBytes(UTF_8), 0644));
        Obj pod = pod(Seq.of(Struct.of("name", "m", "emptyDir", Struct.of("medium", "Memory", "sizeLimit", "4Mi")),
                Struct.of("name", "s", "secret", Struct.of("secretName", "s"))), Struct.EMPTY);
        for (Path v : volumes.prepare(pod, List.of()).values()) {
            String at = " " + v.toRealPath() + " ";
            List<String> table = Files.readAllLines(Path.of("/proc/self/mountinfo"));
            assertThat(table).filteredOn(line -> line.contains(at)).singleElement().asString().contains("noswap");
        }
    }

    @Test
    void whatCannotBeBroughtUpToDateIsWhatItWas() {
        Obj pod = pod(Struct.of("name", "v", "configMap", Struct.of("name", "c")), Struct.EMPTY);
        failing = true;
        assertThatThrownBy(() -> volumes.prepare(pod, List.of())).hasMessageContaining("away");
        failing = false;
        files = Map.of("f", new Content("kept".getBytes(UTF_8), 0644));
        Path v = volumes.prepare(pod, List.of()).get("v");
        failing = true;
        assertThat(volumes.prepare(pod, List.of())).containsEntry("v", v);
        assertThat(v.resolve("f")).hasContent("kept");
        assertThat(warned).singleElement().asString().startsWith("FailedMount: MountVolume.SetUp failed for volume");
    }

    private static Obj huge(String medium, String resource) {
        Struct requests = Struct.of("requests", Struct.of(resource, "2Gi"));
        return pod(Struct.of("name", "v", "emptyDir", Struct.of("medium", medium)), Struct.of("fsGroup", 4711))
                .with(Seq.of(Struct.of("name", "a", "resources", requests, "volumeMounts",
                        Seq.of(Struct.of("name", "v")))), "spec", "containers");
    }

    @Test
    void aVolumeOfHugePagesHasPagesOfTheSizeThatItsPodAsksFor() throws IOException {
        assumeTrue(Files.isDirectory(Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB")), "no such pages");
        Path v = volumes.prepare(huge("HugePages", "hugepages-2Mi"), List.of()).get("v");
        assertThat(mounts.hugetlbfs(v, 1L << 30)).as("what is mounted").isEqualTo(2L << 20);
        assertThat(mode(v)).isEqualTo(02775);
        assertThat(Files.getAttribute(v, "unix:gid")).isEqualTo(4711);
        Files.createFile(v.resolve("kept"));
        volumes.prepare(huge("HugePages-2Mi", "hugepages-2Mi"), List.of());
        assertThat(v.resolve("kept")).as("by the next kubelet").exists();
        stats.removed("u1");
        assertThatThrownBy(() -> volumes.prepare(huge("HugePages-1Gi", "hugepages-1Gi"), List.of())).hasMessage(
                "MountVolume.SetUp failed for volume \"v\" : pod u1: mounted dir " + v
                        + " pagesize '2Mi' and requested medium size '1Gi' differ");
        volumes.remove("u1");
        assertThat(v).doesNotExist();
    }

    @Test
    void aMediumThatThePodDoesNotAskForOrNobodyKnowsIsRefused() {
        assertThatThrownBy(() -> volumes.prepare(huge("HugePages-1Gi", "hugepages-2Mi"), List.of()))
                .hasMessageEndingWith("medium HugePages-1Gi: hugePages storage requested,"
                        + " but there is no resource request for huge pages");
        assertThatThrownBy(() -> volumes.prepare(huge("Tape", "hugepages-2Mi"), List.of()))
                .hasMessageEndingWith("unknown storage medium \"Tape\"");
    }

    @Test
    void nobodyElseGetsBelowAPodsDirectory() throws IOException {
        for (String kind : List.of("emptyDir", "secret")) {
            Obj pod = pod(Struct.of("name", "v", kind, Struct.of("secretName", "absent", "optional", true)),
                    Struct.EMPTY);
            for (Path p = volumes.prepare(pod, List.of()).get("v").getParent(); !p.equals(directory); p = p
                    .getParent()) {
                assertThat(mode(p)).as("%s", p).isEqualTo(0750);
            }
        }
    }

    private static int mode(Path p) throws IOException {
        return (int) Files.getAttribute(p, "unix:mode") & 07777;
    }

    @Test
    void opensAnEmptyDirWhoseMakingACrashCutShort() throws IOException {
        Obj pod = pod(Struct.of("name", "v", "emptyDir", Struct.EMPTY), Struct.EMPTY);
        Path v = directory.resolve("pods/u1/volumes/kubernetes.io~empty-dir/v");
        // as much as was done before the crash: never the directory itself without its mode
        Files.createDirectories(v.resolveSibling("..v"));
        assertThat(volumes.prepare(pod, List.of())).containsEntry("v", v);
        assertThat((int) Files.getAttribute(v, "unix:mode") & 07777).isEqualTo(0777);
    }

    @Test
    void letsNobodyWriteToFilesItKeepsFresh() {
        for (String kind : List.of("configMap", "secret", "projected", "downwardAPI")) {
            assertThat(Volumes.readOnly(pod(Struct.of("name", "v", kind, Struct.EMPTY), Struct.EMPTY), "v")).isTrue();
        }
        Struct claim = Struct.of("claimName", "c");
        assertThat(Volumes.readOnly(pod(Struct.of("name", "v", "persistentVolumeClaim", claim), Struct.EMPTY), "v"))
                .isFalse();
        assertThat(Volumes.readOnly(pod(Struct.of("name", "v", "persistentVolumeClaim", claim.with("readOnly", true)),
                Struct.EMPTY), "v")).isTrue();
        assertThat(Volumes.readOnly(pod(Struct.of("name", "v", "emptyDir", Struct.EMPTY), Struct.EMPTY), "v"))
                .isFalse();
    }

    @Test
    void aClaimIsWhatItsVolumeIs() {
        Path local = directory.resolve("local");
        Obj pod = pod(Struct.of("name", "v", "persistentVolumeClaim", Struct.of("claimName", "c")), Struct.EMPTY);
        assertThatThrownBy(() -> volumes.prepare(pod, List.of())).hasMessage(
                "Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[], failed to process"
                        + " volumes=[v]: error processing PVC ns/c: failed to fetch PVC from API server:"
                        + " persistentvolumeclaims \"c\" not found");
        bind(Struct.of("hostPath", Struct.of("path", local.toString(), "type", "Directory")));
        assertThatThrownBy(() -> volumes.prepare(pod, List.of()))
                .hasMessageEndingWith("hostPath type check failed: " + local + " is not a directory");
        bind(Struct.of("hostPath", Struct.of("path", local.toString(), "type", "DirectoryOrCreate")));
        assertThat(volumes.prepare(pod, List.of())).containsEntry("v", local);
        bind(Struct.of("local", Struct.of("path", local.toString())));
        assertThat(volumes.prepare(pod, List.of())).containsEntry("v", local);
        stats.removed(pod.uid());
        bind(Struct.of("iscsi", Struct.EMPTY));
        assertThatThrownBy(() -> volumes.prepare(pod, List.of()))
                .hasMessageEndingWith("no volume plugin matched the source of persistentvolume pv");
    }

    @Test
    void aGenericEphemeralVolumeIsTheClaimThatThePodOwns() throws IOException {
        Path local = Files.createDirectory(directory.resolve("local"));
        Obj pod = pod(Struct.of("name", "v", "ephemeral", Struct.EMPTY), Struct.EMPTY);
        Struct source = Struct.of("hostPath", Struct.of("path", local.toString()));
        bind("p-v", Seq.EMPTY, source);
        assertThatThrownBy(() -> volumes.prepare(pod, List.of()))
                .hasMessageEndingWith("PVC ns/p-v was not created for pod ns/p (pod is not owner)");
        bind("p-v", Seq.of(Struct.of("kind", "Pod", "name", "p", "uid", "u0", "controller", true)), source);
        assertThatThrownBy(() -> volumes.prepare(pod, List.of())).hasMessageEndingWith("(pod is not owner)");
        bind("p-v", Seq.of(Struct.of("kind", "Pod", "name", "p", "uid", "u1")), source);
        assertThatThrownBy(() -> volumes.prepare(pod, List.of())).hasMessageEndingWith("(pod is not owner)");
        bind("p-v", Seq.of(Struct.of("kind", "Pod", "name", "p", "uid", "u1", "controller", true)), source);
        assertThat(volumes.prepare(pod, List.of())).containsEntry("v", local);
    }

    @Test
    void whatAPodIsGivenIsCountedUntilItIsRemoved() throws Exception {
        Path local = Files.createDirectory(directory.resolve("local"));
        Seq owner = Seq.of(Struct.of("kind", "Pod", "name", "p", "uid", "u1", "controller", true));
        bind("p-g", owner, Struct.of("local", Struct.of("path", local.toString())));
        Obj pod = pod(Seq.of(Struct.of("name", "e", "emptyDir", Struct.EMPTY),
                Struct.of("name", "m", "emptyDir", Struct.of("medium", "Memory", "sizeLimit", "8Mi")),
                Struct.of("name", "d", "downwardAPI", Struct.EMPTY), Struct.of("name", "g", "ephemeral", Struct.EMPTY),
                Struct.of("name", "h", "hostPath", Struct.of("path", local.toString()))), Struct.EMPTY);
        Path written = volumes.prepare(pod, List.of()).get("e");
        Files.write(written.resolve("f"), new byte[1 << 20]);
        stats.round(Runnable::run);
        assertThat(stats.of("u1")).extracting(VolumeStats.Usage::name).containsExactly("d", "e", "g", "m");
        assertThat(stats.of("u1")).extracting(VolumeStats.Usage::ephemeral).containsExactly(false, true, false, false);
        assertThat(stats.of("u1").get(1).used().bytes()).isGreaterThanOrEqualTo(1 << 20);
        assertThat(stats.of("u1").get(2).claim()).contains("p-g");
        assertThat(stats.of("u1").get(3).fileSystem().capacityBytes()).isEqualTo(8 << 20);
        volumes.remove("u1");
        assertThat(stats.of("u1")).isEmpty();
    }

    @Test
    void manyFilesInMemoryCanBeUpdated() throws IOException {
        List<String> names = List.of("a", "b", "c", "d", "e", "f");
        Seq sources = Seq.copyOf(names.stream().map(n -> Struct.of("secret", Struct.of("name", n))).toList());
        Obj pod = pod(Struct.of("name", "v", "projected", Struct.of("sources", sources)), Struct.EMPTY);
        for (String version : List.of("1", "2")) {
            files = names.stream().collect(Collectors.toMap(n -> n,
                    _ -> new Content(version.repeat(1 << 20).getBytes(UTF_8), 0644)));
            Path v = volumes.prepare(pod, List.of()).get("v");
            assertThat(v.resolve("f")).hasContent(version.repeat(1 << 20));
            assertThat(mounts.mounted(v)).isTrue();
        }
    }

    @Test
    void saysWhichKindOfVolumeItDoesNotKnow() {
        Obj pod = pod(Struct.of("name", "v", "iscsi", Struct.EMPTY), Struct.EMPTY);
        assertThatThrownBy(() -> volumes.prepare(pod, List.of()))
                .hasMessage("MountVolume.SetUp failed for volume \"v\" : no volume plugin matched [iscsi]");
    }

    @Test
    void callsAVolumeOfAClaimByThePersistentVolume() {
        bind(Struct.of("iscsi", Struct.EMPTY));
        Obj pod = pod(Struct.of("name", "v", "persistentVolumeClaim", Struct.of("claimName", "c")), Struct.EMPTY);
        assertThatThrownBy(() -> volumes.prepare(pod, List.of()))
                .hasMessageStartingWith("MountVolume.SetUp failed for volume \"pv\" : ");
    }

    private void bind(Struct source) {
        bind("c", Seq.EMPTY, source);
    }

    private void bind(String claim, Seq owners, Struct source) {
        Struct reference = Struct.of("namespace", "ns", "name", claim, "uid", "u-" + claim);
        api.seed(ReferencedObjects.CLAIMS, Obj.of(Struct.of("metadata", reference.with("ownerReferences", owners),
                "spec", Struct.of("volumeName", "pv"), "status", Struct.of("phase", "Bound"))));
        api.seed(ReferencedObjects.VOLUMES, Obj.of(Struct.of("metadata", Struct.of("name", "pv"), "spec",
                source.with("claimRef", reference))));
    }

    private static Obj pod(Struct volume, Struct security) {
        return pod(Seq.of(volume), security);
    }

    private static Obj pod(Seq all, Struct security) {
        return Obj.of(Struct.of("metadata", Struct.of("uid", "u1", "name", "p", "namespace", "ns"), "spec",
                Struct.of("volumes", all, "securityContext", security, "containers",
                        Seq.of(Struct.of("name", "a", "volumeMounts", Seq.copyOf(all.structs().stream()
                                .map(v -> Struct.of("name", v.text("name"))).toList()))))));
    }
}
