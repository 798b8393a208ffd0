package io.k3j.csi;

import io.k3j.componentapi.Health;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitcsi.CsiDriver;
import io.k3j.volumeapi.VolumeHost;
import io.k3j.volumeapi.VolumeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A node `n` with a driver `d.example.com`, whose sockets lie in a short directory, since their names are bounded.
abstract class CsiScene {
    static final String DRIVER = "d.example.com";
    static final Gvr DRIVERS = Gvr.of("storage.k8s.io/v1", "csidrivers");
    static final String UNIQUE = "kubernetes.io/csi/d.example.com^h";
    @TempDir
    Path root;
    final FakeApi api = FakeApi.stepped(InstantSource.system());
    final ManualClock clock = new ManualClock();
    CsiDriver driver;
    CsiSession session;

    @BeforeEach
    void begin() throws IOException {
        api.seed(ReferencedObjects.NODES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata",
                Struct.of("name", "n"))));
        Files.createDirectories(root.resolve("plugins_registry"));
    }

    @AfterEach
    void end() throws IOException {
        if (session != null) {
            session.close();
        }
        if (driver != null) {
            driver.close();
        }
        api.close();
    }

    /// Starts the driver and a session that has registered it.
    void start(int... abilities) throws IOException, InterruptedException {
        driver = new CsiDriver(root.resolve("plugins_registry/d.sock"), DRIVER, abilities);
        session = opened();
        registered();
    }

    CsiSession opened() {
        return new CsiSession(new VolumeHost(root, "n", api), new CsiMetrics(), clock, Health.none());
    }

    /// When what has failed is done again.
    void later() {
        clock.advance(Duration.ofMinutes(3));
    }

    void registered() throws InterruptedException {
        registered(1);
    }

    /// @param times since the driver began
    void registered(int times) throws InterruptedException {
        Waiting.until("the registrar is told that its driver is registered",
                () -> driver.requests("NotifyRegistrationStatus").stream().filter(r -> r.flag("plugin_registered"))
                        .count() >= times);
    }

    void csiDriver(Struct spec) {
        api.seed(DRIVERS, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "CSIDriver", "metadata",
                Struct.of("name", DRIVER), "spec", spec)));
    }

    Obj node() {
        return api.get(ReferencedObjects.NODES, Key.of("n"));
    }

    /// As the attach/detach controller and the external-attacher leave it.
    void attach(Struct status) {
        api.seed(BuiltinResources.VOLUME_ATTACHMENTS, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind",
                "VolumeAttachment", "metadata", Struct.of("name", "csi-" + CsiPaths.sha256("h" + DRIVER + "n")),
                "spec", Struct.of("nodeName", "n"), "status", status)));
        api.seed(ReferencedObjects.NODES, node().with(Seq.of(Struct.of("name", UNIQUE, "devicePath", "")), "status",
                "volumesAttached"));
    }

    static Obj pod(String uid, Struct spec) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "namespace", "default", "uid", uid), "spec", spec));
    }

    static Struct csi(Object... more) {
        Struct.Builder b = Struct.of(more).toBuilder().put("driver", DRIVER).put("volumeHandle", "h");
        return b.build();
    }

    static Struct volume(Struct csi) {
        return Struct.of("csi", csi, "accessModes", Seq.of("ReadWriteOnce"), "capacity", Struct.of("storage", "2Gi"));
    }

    static VolumeRequest persistent(String uid, Struct source) {
        return new VolumeRequest(pod(uid, Struct.EMPTY), "v", source, "pv", Optional.empty(), false);
    }

    Path published(String uid, String name) {
        return root.resolve("pods").resolve(uid).resolve("volumes/kubernetes.io~csi").resolve(name).resolve("mount");
    }

    Path staged() {
        return root.resolve("plugins/kubernetes.io/csi").resolve(DRIVER).resolve(CsiPaths.sha256("h"));
    }
}
