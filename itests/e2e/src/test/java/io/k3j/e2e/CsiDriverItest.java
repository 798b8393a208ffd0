package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitcsi.Registrar;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A driver as a process on a node: it registers, a claim is provisioned, attached, staged, published and expanded, a
/// pod has a volume of its own besides, and all of it is taken back; `docs/csi.md`.
@NeedsMachine
class CsiDriverItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String NAME = CsiDriverProcess.NAME;
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final long MIB = 1 << 20;
    private static final Struct DRIVER = Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "CSIDriver", "metadata",
            Struct.of("name", NAME), "spec", Struct.of("attachRequired", true, "podInfoOnMount", true,
                    "volumeLifecycleModes", Seq.of("Persistent", "Ephemeral")));
    private static final Struct CLASS = Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "StorageClass",
            "metadata", Struct.of("name", "csi-hostpath"), "provisioner", NAME, "allowVolumeExpansion", true);
    private static final Struct CLAIM = Struct.of("apiVersion", "v1", "kind", "PersistentVolumeClaim", "metadata",
            Struct.of("name", "data"), "spec", Struct.of("storageClassName", "csi-hostpath", "accessModes",
                    Seq.of("ReadWriteOnce"), "resources", Struct.of("requests", Struct.of("storage", "1Mi"))));
    private static final Struct CONTAINER = Struct.of("name", "c", "image", "k3j.io/busybox:1", "command",
            Seq.of("sh", "-c", "echo one > /data/file; echo two > /own/file; sleep 3600"), "volumeMounts", Seq.of(
                    Struct.of("name", "data", "mountPath", "/data"), Struct.of("name", "own", "mountPath", "/own")));
    private static final Struct POD = Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
            Struct.of("name", "app"), "spec", Struct.of("terminationGracePeriodSeconds", 1, "containers",
                    Seq.of(CONTAINER), "volumes", Seq.of(
                            Struct.of("name", "data", "persistentVolumeClaim", Struct.of("claimName", "data")),
                            Struct.of("name", "own", "csi", Struct.of("driver", NAME)))));

    private Machine machine;
    private CsiDriverProcess driver;
    private Server server;
    private ApiObjects objects;
    private CsiSidecars sidecars;

    @BeforeEach
    void start() throws Exception {
        machine = Machine.on();
        driver = CsiDriverProcess.on(machine);
        server = Server.start(machine).ready();
        objects = new ApiObjects(machine.api());
        sidecars = new CsiSidecars(objects, driver.client(), NAME, server);
        objects.create("/apis/storage.k8s.io/v1/csidrivers", DRIVER);
        objects.create("/apis/storage.k8s.io/v1/storageclasses", CLASS);
    }

    @AfterEach
    void stop() {
        if (objects != null) {
            objects.api().close();
        }
        if (driver != null) {
            driver.close();
        }
        if (machine != null) {
            machine.close();
        }
    }

    private void until(String what, Waiting.Condition condition) throws IOException, InterruptedException {
        Waiting.until(what, LIMIT, condition, () -> driver.tail() + "\n" + server.story());
    }

    @Test
    void aPodHasVolumesOfADriverUntilItEnds() throws Exception {
        try (Registrar registrar = driver.registrar()) {
            until("a registered driver", registrar::registered);
            assertThat(objects.get("/apis/storage.k8s.io/v1/csinodes/" + machine.name()).struct("spec").seq("drivers")
                    .find("name", NAME).text("nodeID")).isEqualTo(machine.name());
            objects.create(CsiSidecars.CLAIMS, CLAIM);
            String volume = sidecars.provision("data", MIB);
            grow(volume);
            objects.create(PODS, POD);
            sidecars.attach();
            Path kept = driver.volume(objects.get(CsiSidecars.VOLUMES + "/" + volume).struct("spec").struct("csi")
                    .text("volumeHandle"));
            Path own = driver.volume(own(objects.get(PODS + "/app").struct("metadata").text("uid")));
            until("what the pod wrote", () -> Files.exists(kept.resolve("file")));
            until("what the pod wrote into its own volume", () -> Files.exists(own.resolve("file")));
            assertThat(status().seq("volumesInUse").texts()).singleElement().asString()
                    .startsWith("kubernetes.io/csi/" + NAME + "^");
            assertThat(status().seq("volumesAttached").size()).isEqualTo(1);
            until("a claim of its new size", this::grown);
            takeBack(volume);
            assertThat(own).doesNotExist();
            assertThat(kept).doesNotExist();
            assertThat(driver.changes()).containsSubsequence(List.of("CreateVolume", "ControllerExpandVolume",
                    "ControllerPublishVolume", "NodeStageVolume", "NodePublishVolume", "NodeExpandVolume",
                    "NodeUnpublishVolume", "NodeUnstageVolume", "ControllerUnpublishVolume", "DeleteVolume"));
        }
    }

    private Struct status() throws IOException, InterruptedException {
        return objects.get("/api/v1/nodes/" + machine.name()).struct("status");
    }

    /// As kubelets call a pod's own volume.
    private static String own(String uid) throws GeneralSecurityException {
        return "csi-" + HexFormat.of().formatHex(
                MessageDigest.getInstance("SHA-256").digest((uid + "own").getBytes(StandardCharsets.UTF_8)));
    }

    /// Before the pod begins, whose kubelet then does its part when it mounts the volume; one that runs would be looked
    /// at within a minute.
    private void grow(String volume) throws IOException, InterruptedException {
        objects.patch(CsiSidecars.CLAIMS + "/data", Struct.of("spec",
                Struct.of("resources", Struct.of("requests", Struct.of("storage", "2Mi")))));
        sidecars.resize("data", volume, 2 * MIB);
    }

    private boolean grown() throws IOException, InterruptedException {
        Struct status = objects.get(CsiSidecars.CLAIMS + "/data").struct("status");
        return List.of("2Mi", Long.toString(2 * MIB)).contains(status.struct("capacity").text("storage"))
                && status.seq("conditions").isEmpty() && status.struct("allocatedResourceStatuses").isEmpty();
    }

    /// Nothing is mounted, staged or told to be used when the pod and its claim have gone.
    private void takeBack(String volume) throws IOException, InterruptedException {
        objects.delete(PODS + "/app");
        until("the pod's end", () -> objects.find(PODS + "/app").isEmpty());
        sidecars.detach();
        objects.delete(CsiSidecars.CLAIMS + "/data");
        sidecars.delete(volume);
        assertThat(status().seq("volumesInUse").texts()).isEmpty();
        assertThat(machine.run(LIMIT, "cat /proc/self/mountinfo").text()).doesNotContain("kubernetes.io~csi",
                "globalmount");
        assertThat(machine.dir().resolve("kubelet/plugins/kubernetes.io/csi").resolve(NAME)).isEmptyDirectory();
    }
}
