package io.k3j.csi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitbase.Waiting;
import io.k3j.volumeapi.VolumeRequest;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// How a volume becomes as large as its claim is to be, and what the claim says meanwhile.
class NodeExpansionTest extends CsiScene {
    private static final Key CLAIM = new Key("default", "c");
    private static final int PERMISSION_DENIED = 7;

    @BeforeEach
    void drivers() throws Exception {
        csiDriver(Struct.of("attachRequired", false));
        start(DriverClient.EXPAND_VOLUME);
    }

    private void claim(String mode, String request, Struct status) {
        api.seed(ReferencedObjects.CLAIMS, Obj.of(Struct.of("apiVersion", "v1", "kind", "PersistentVolumeClaim",
                "metadata", Struct.of("namespace", "default", "name", "c", "uid", "u-c"), "spec",
                Struct.of("accessModes", Seq.of(mode), "resources",
                        Struct.of("requests", Struct.of("storage", request))),
                "status", status)));
    }

    private Obj claim() {
        return api.get(ReferencedObjects.CLAIMS, CLAIM);
    }

    /// As the kubelet asks, which reads the claim each time.
    private VolumeRequest wanted(Struct source) {
        return new VolumeRequest(pod("u", Struct.EMPTY), "v", source, "pv", Optional.of(claim()), false);
    }

    private static Struct larger() {
        return volume(csi());
    }

    private static Struct status(String phase) {
        return Struct.of("capacity", Struct.of("storage", "1Gi"), "allocatedResources",
                Struct.of("storage", "2Gi"), "allocatedResourceStatuses", Struct.of("storage", phase));
    }

    private String phase() {
        return claim().status().struct("allocatedResourceStatuses").text("storage");
    }

    private Struct error() {
        return claim().status().seq("conditions").find("type", "NodeResizeError");
    }

    private List<String> told(String reason) {
        return api.list(BuiltinResources.EVENTS, Query.ALL).items().stream()
                .filter(e -> e.tree().text("reason").equals(reason)).map(e -> e.tree().text("message")).toList();
    }

    /// With a volume that has the size of its claim.
    private void mounted(String mode) throws Exception {
        claim(mode, "1Gi", Struct.of("capacity", Struct.of("storage", "1Gi")));
        session.mount(wanted(larger().withAt("1Gi", "capacity", "storage")));
    }

    @Test
    void aPodBeginsWithAVolumeThatHasItsSize() throws Exception {
        claim("ReadWriteOnce", "2Gi", status("NodeResizePending").with("conditions", Seq.of(
                Struct.of("type", "FileSystemResizePending", "status", "True"))));
        driver.refuse("NodeExpandVolume", PERMISSION_DENIED, "not now");
        assertThatThrownBy(() -> session.mount(wanted(larger()))).hasMessage("failed while expanding volume:"
                + " Expander.NodeExpand failed to expand the volume : rpc error: code = PermissionDenied desc ="
                + " not now");
        driver.mend();
        later();
        assertThat(session.mount(wanted(larger())).resizeFailure()).isEmpty();
        Struct request = driver.requests("NodeExpandVolume").getLast();
        assertThat(request.struct("capacity_range").whole("required_bytes", 0)).isEqualTo(2L << 30);
        assertThat(request.text("volume_path")).isEqualTo(published("u", "pv").toString());
        assertThat(claim().status()).isEqualTo(Struct.of("capacity", Struct.of("storage", "2Gi"),
                "allocatedResources", Struct.of("storage", "2Gi")));
        Waiting.until("pod and claim are told", () -> told("FileSystemResizeSuccessful").size() == 2);
        assertThat(told("FileSystemResizeSuccessful"))
                .containsOnly("MountVolume.NodeExpandVolume succeeded for volume \"pv\" n");
        session.mount(wanted(larger()));
        assertThat(driver.requests("NodeExpandVolume")).hasSize(2);
    }

    @Test
    void eachNodeExpandsWhatAllOfThemWrite() throws Exception {
        mounted("ReadWriteMany");
        claim("ReadWriteMany", "2Gi", Struct.of("capacity", Struct.of("storage", "2Gi"), "allocatedResources",
                Struct.of("storage", "2Gi")));
        Obj before = claim();
        assertThat(session.mount(wanted(larger())).resizeFailure()).isEmpty();
        session.mount(wanted(larger()));
        assertThat(driver.requests("NodeExpandVolume")).hasSize(1);
        assertThat(claim().revision()).as("the first node has told the claim").isEqualTo(before.revision());
    }

    @Test
    void whatOneNodeWritesIsExpandedOnce() throws Exception {
        mounted("ReadWriteOnce");
        claim("ReadWriteOnce", "2Gi", Struct.of("capacity", Struct.of("storage", "2Gi"), "allocatedResources",
                Struct.of("storage", "2Gi")));
        session.mount(wanted(larger()));
        assertThat(driver.requests("NodeExpandVolume")).isEmpty();
    }

    @Test
    void whoAsksForLessAfterAFailureGetsIt() throws Exception {
        mounted("ReadWriteOnce");
        claim("ReadWriteOnce", "2Gi", status("NodeResizePending"));
        driver.refuse("NodeExpandVolume", PERMISSION_DENIED, "no");
        assertThat(session.mount(wanted(larger())).resizeFailure()).endsWith("code = PermissionDenied desc = no");
        assertThat(phase()).isEqualTo("NodeResizeInProgress");
        assertThat(error().text("message")).isEqualTo("failed to expand pvc with Expander.NodeExpand failed to expand"
                + " the volume : rpc error: code = PermissionDenied desc = no");
        session.mount(wanted(larger()));
        assertThat(phase()).isEqualTo("NodeResizeInProgress");
        claim("ReadWriteOnce", "1500Mi", claim().status());
        session.mount(wanted(larger()));
        assertThat(phase()).isEqualTo("NodeResizeInfeasible");
        assertThat(driver.requests("NodeExpandVolume")).hasSize(3);
        session.mount(wanted(larger()));
        assertThat(driver.requests("NodeExpandVolume")).as("nobody has said that the node is to go on").hasSize(3);
    }

    @Test
    void whatCannotBeIsToldAtOnce() throws Exception {
        mounted("ReadWriteOnce");
        claim("ReadWriteOnce", "2Gi", status("NodeResizePending"));
        driver.refuse("NodeExpandVolume", CsiFault.OUT_OF_RANGE, "too large");
        assertThat(session.mount(wanted(larger())).resizeFailure()).isEqualTo("Expander.NodeExpand failed to expand"
                + " the volume rpc error: code = OutOfRange desc = too large");
        assertThat(phase()).isEqualTo("NodeResizeInfeasible");
        assertThat(error().text("status")).isEqualTo("True");
    }

    @Test
    void aDriverThatExpandsNothingInUseIsAskedOnce() throws Exception {
        mounted("ReadWriteOnce");
        claim("ReadWriteOnce", "2Gi", status("NodeResizePending"));
        driver.refuse("NodeExpandVolume", CsiFault.FAILED_PRECONDITION, "in use");
        assertThat(session.mount(wanted(larger())).resizeFailure()).isEmpty();
        session.mount(wanted(larger()));
        assertThat(driver.requests("NodeExpandVolume")).hasSize(1);
        assertThat(error().text("message")).endsWith("desc = in use");
    }

    @Test
    void aResizerThatSaysNothingIsFollowedByTheVolumesSize() throws Exception {
        claim("ReadWriteOnce", "2Gi", Struct.of("capacity", Struct.of("storage", "1Gi"), "conditions",
                Seq.of(Struct.of("type", "FileSystemResizePending", "status", "True"),
                        Struct.of("type", "Other", "status", "True"))));
        session.mount(wanted(larger()));
        assertThat(claim().status()).isEqualTo(Struct.of("capacity", Struct.of("storage", "2Gi"), "conditions",
                Seq.of(Struct.of("type", "Other", "status", "True"))));
    }

    @Test
    void thePodOfADeviceIsToldThatItKeepsItsSize() throws Exception {
        Struct source = larger().with("volumeMode", "Block");
        claim("ReadWriteOnce", "1Gi", Struct.of("capacity", Struct.of("storage", "1Gi")));
        session.map(wanted(source.withAt("1Gi", "capacity", "storage")));
        claim("ReadWriteOnce", "2Gi", status("NodeResizePending"));
        driver.refuse("NodeExpandVolume", CsiFault.INVALID_ARGUMENT, "odd");
        session.map(wanted(source));
        Waiting.until("the pod is told", () -> told("VolumeResizeFailed").size() == 1);
        assertThat(told("VolumeResizeFailed").getFirst())
                .startsWith("NodeExpandVolume.NodeExpandVolume failed for volume \"pv\" : Expander.NodeExpand failed");
        assertThat(phase()).isEqualTo("NodeResizeInfeasible");
    }
}
