package io.k3j.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.componentapi.Health;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkit.ManualClock;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitcsi.CsiDriver;
import io.k3j.volumeapi.VolumeHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Plug-ins from their sockets to what the cluster is told.
class PluginWatcherTest extends CsiScene {
    private List<Struct> told() {
        return api.find(BuiltinResources.CSI_NODES, Key.of("n")).map(o -> o.spec().seq("drivers").structs())
                .orElse(List.of());
    }

    private Path socket(String name) {
        return root.resolve("plugins_registry").resolve(name);
    }

    @Test
    void aDriverThatIsThereIsToldOfUntilItsSocketGoes() throws Exception {
        driver = new CsiDriver(socket("d.sock"), DRIVER);
        driver.answer("NodeGetInfo", Struct.of("node_id", "id", "max_volumes_per_node", 7, "accessible_topology",
                Struct.of("segments", Struct.of("topology.d/zone", "z", "topology.d/host", "h"))));
        session = opened();
        registered();
        assertThat(told()).containsExactly(Struct.of("name", DRIVER, "nodeID", "id", "topologyKeys",
                Seq.of("topology.d/host", "topology.d/zone"), "allocatable", Struct.of("count", 7)));
        assertThat(node().annotations()).containsEntry("csi.volume.kubernetes.io/nodeid",
                "{\"d.example.com\":\"id\"}");
        assertThat(node().labels()).containsEntry("topology.d/zone", "z").containsEntry("topology.d/host", "h");
        driver.close();
        Waiting.until("the driver is told of no longer", () -> told().isEmpty()
                && !node().annotations().containsKey("csi.volume.kubernetes.io/nodeid"));
        assertThat(node().labels()).containsEntry("topology.d/zone", "z");
        driver = new CsiDriver(socket("d.sock"), DRIVER);
        Waiting.until("it is told of again", () -> told().size() == 1);
    }

    /// Drivers that share a node's slots with others, as with network interfaces.
    @Test
    void howManyVolumesThereCanBeIsAskedAgainWhereTheDriversObjectSaysSo() throws Exception {
        csiDriver(Struct.of("nodeAllocatableUpdatePeriodSeconds", 10));
        start();
        assertThat(told()).noneMatch(d -> d.has("allocatable"));
        driver.answer("NodeGetInfo", Struct.of("node_id", "id-of-node", "max_volumes_per_node", 5));
        Waiting.until("the CSINode has the new number", () -> {
            api.deliver();
            clock.advance(Duration.ofSeconds(10));
            return told().getFirst().struct("allocatable").whole("count", 0) == 5;
        });
    }

    @Test
    void driversObjectsAreWatchedAtTheNextApiServer() throws Exception {
        csiDriver(Struct.of("nodeAllocatableUpdatePeriodSeconds", 86_400));
        start();
        session.apiDetached();
        csiDriver(Struct.of("nodeAllocatableUpdatePeriodSeconds", 10));
        session.apiAttached();
        driver.answer("NodeGetInfo", Struct.of("node_id", "id-of-node", "max_volumes_per_node", 5));
        Waiting.until("the driver is asked as often as its object says by now", () -> {
            api.deliver();
            clock.advance(Duration.ofSeconds(10));
            return told().getFirst().struct("allocatable").whole("count", 0) == 5;
        });
    }

    /// Its topology contradicts the Node's: the registrar ends, and nothing may be left of it.
    @Test
    void whatARefusedDriverHasLeftGoesWithTheSocket() throws Exception {
        api.seed(BuiltinResources.CSI_NODES, Obj.of(Struct.of("apiVersion", "storage.k8s.io/v1", "kind", "CSINode",
                "metadata", Struct.of("name", "n"), "spec",
                Struct.of("drivers", Seq.of(Struct.of("name", DRIVER, "nodeID", "before"))))));
        api.seed(ReferencedObjects.NODES, node().with("z1", "metadata", "labels", "topology.d/zone"));
        driver = new CsiDriver(socket("d.sock"), DRIVER);
        driver.answer("NodeGetInfo", Struct.of("node_id", "id", "accessible_topology",
                Struct.of("segments", Struct.of("topology.d/zone", "z2"))));
        session = opened();
        refused(driver, "detected topology value collision");
        driver.close();
        Waiting.until("the driver is told of no longer", () -> told().isEmpty());
    }

    /// Registrars that are told of a failure end.
    @Test
    void aRegistrarIsNotToldThatTheApiIsAway() throws Exception {
        // one may be the watcher's, who looks for the CSINode
        api.refuse("get", ReferencedObjects.NODES, ApiFault.unavailable("starting"));
        api.refuse("get", ReferencedObjects.NODES, ApiFault.unavailable("starting"));
        start();
        assertThat(driver.requests("NotifyRegistrationStatus")).allMatch(r -> r.flag("plugin_registered"));
    }

    @Test
    void theDirectoriesThatManifestsMountAreThere() throws Exception {
        Path fresh = root.resolve("fresh");
        session = new CsiSession(new VolumeHost(fresh, "n", api), new CsiMetrics(), new ManualClock(), Health.none());
        Waiting.until("both are made", () -> Files.isDirectory(fresh.resolve("plugins_registry"))
                && Files.isDirectory(fresh.resolve("plugins")));
    }

    @Test
    void aKubeletThatStopsLeavesItsDriversToldOf() throws Exception {
        start();
        session.close();
        assertThat(told()).hasSize(1);
        assertThat(node().annotations()).containsKey("csi.volume.kubernetes.io/nodeid");
    }

    /// The one that a registrar calls by the name of another, and the one that has the name already.
    @Test
    void nobodyTakesTheNameOfAnotherDriver() throws Exception {
        start();
        try (CsiDriver liar = new CsiDriver(socket("liar.sock"), "liar.example.com");
                CsiDriver second = new CsiDriver(socket("second.sock"), DRIVER)) {
            liar.answer("GetInfo", Struct.of("type", "CSIPlugin", "name", "other.example.com", "supported_versions",
                    Seq.of("1.0.0")));
            refused(second, "is registered at " + socket("d.sock"));
            refused(liar, "calls itself \"liar.example.com\"");
        }
        assertThat(told()).extracting(d -> d.text("name")).containsExactly(DRIVER);
    }

    private static void refused(CsiDriver one, String why) throws InterruptedException {
        Waiting.until("a plug-in is told why it is not registered", () -> one.requests("NotifyRegistrationStatus")
                .stream().anyMatch(r -> !r.flag("plugin_registered") && r.text("error").contains(why)));
    }

    @Test
    void whatIsNoDriverOfThisVersionIsRefused() throws Exception {
        session = opened();
        try (CsiDriver device = new CsiDriver(socket("device.sock"), DRIVER);
                CsiDriver old = new CsiDriver(socket("old.sock"), DRIVER);
                CsiDriver path = new CsiDriver(socket("path.sock"), "../../x")) {
            device.answer("GetInfo", Struct.of("type", "OtherPlugin", "name", "x"));
            old.answer("GetInfo", Struct.of("type", "CSIPlugin", "name", DRIVER, "supported_versions",
                    Seq.of("0.3.0")));
            refused(old, "0.3.0");
            refused(device, "no handler registered for plugin type: OtherPlugin");
            refused(path, "is no name of a CSI driver");
        }
        assertThat(told()).isEmpty();
    }

    /// A refusal would end it, though the kubelet itself has registered it.
    @Test
    void aPlugInOfDevicesIsLeftToTheKubelet() throws Exception {
        try (CsiDriver device = new CsiDriver(socket("device.sock"), DRIVER);
                CsiDriver later = new CsiDriver(socket("later.sock"), "later.example.com")) {
            device.answer("GetInfo", Struct.of("type", "DevicePlugin", "name", "example.com/device"));
            session = opened();
            Waiting.until("both are asked who they are", () -> !device.requests("GetInfo").isEmpty()
                    && !later.requests("NotifyRegistrationStatus").isEmpty());
            assertThat(device.requests("NotifyRegistrationStatus")).isEmpty();
        }
    }

    @Test
    void aHangingOneHoldsNobodyUp() throws Exception {
        try (CsiDriver hanging = new CsiDriver(socket("a.sock"), "a.example.com")) {
            hanging.fail("GetInfo", CsiDriver.Fault.HANGS);
            start();
            assertThat(told()).hasSize(1);
            PluginSocket asked = new PluginSocket(socket("a.sock"));
            assertThatThrownBy(() -> asked.call("/pluginregistration.Registration/GetInfo", new byte[0],
                    Duration.ofMillis(100))).isInstanceOfSatisfying(CsiFault.class,
                            e -> assertThat(e.code()).isEqualTo(4));
        }
    }

    @Test
    void anAnswerOfTenMegabytesIsNotTaken() throws Exception {
        driver = new CsiDriver(socket("d.sock"), DRIVER);
        driver.fail("NodeGetInfo", CsiDriver.Fault.TALKS);
        session = opened();
        refused(driver, "ResourceExhausted");
    }

    @Test
    void aTopologyThatContradictsTheNodeIsRefused() throws Exception {
        api.seed(ReferencedObjects.NODES, node().with("z1", "metadata", "labels", "topology.d/zone"));
        CsiNodeWriter writer = new CsiNodeWriter(api, "n");
        assertThatThrownBy(() -> writer.install(DRIVER,
                new CsiMessages.NodeInfo("id", 0, Map.of("topology.d/zone", "z2"))))
                .isInstanceOf(IOException.class).hasMessageContaining("detected topology value collision");
    }

    @Test
    void severalDriversShareTheirNodesObjects() throws Exception {
        CsiNodeWriter writer = new CsiNodeWriter(api, "n");
        writer.install("a", new CsiMessages.NodeInfo("1", 0, Map.of()));
        writer.install("b", new CsiMessages.NodeInfo("2", 0, Map.of()));
        int before = api.calls().size();
        writer.install("b", new CsiMessages.NodeInfo("2", 0, Map.of()));
        assertThat(api.calls()).as("nothing is written that is so").hasSize(before);
        writer.uninstall("a");
        assertThat(told()).extracting(d -> d.text("name")).containsExactly("b");
        assertThat(node().annotations()).containsEntry("csi.volume.kubernetes.io/nodeid", "{\"b\":\"2\"}");
        Obj csiNode = api.get(BuiltinResources.CSI_NODES, Key.of("n"));
        assertThat(csiNode.owners()).containsExactly(
                Struct.of("apiVersion", "v1", "kind", "Node", "name", "n", "uid", node().uid()));
    }
}
