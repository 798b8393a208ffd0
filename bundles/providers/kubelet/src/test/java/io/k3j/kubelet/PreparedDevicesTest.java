package io.k3j.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.Query;
import io.k3j.codec.Json;
import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Gvr;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PreparedDevicesTest extends PodScene {
    private static final Gvr CLAIMS = new Gvr("resource.k8s.io", "v1", "resourceclaims");
    private static final List<Gvr> EVENTS = List.of(new Gvr("events.k8s.io", "v1", "events"),
            Gvr.of("v1", "events"));

    private void claim(Struct status) {
        api.seed(CLAIMS, Obj.of(Struct.of("apiVersion", "resource.k8s.io/v1", "kind", "ResourceClaim", "metadata",
                Struct.of("name", "mine", "namespace", "default"), "spec", Struct.EMPTY, "status", status)));
    }

    private Obj podWithClaim() {
        return pod("p", spec(container("c")).with("resourceClaims",
                Seq.of(Struct.of("name", "gpu", "resourceClaimName", "mine"))));
    }

    /// An earlier kubelet had a driver prepare devices of a pod with the uid `held`.
    @Override
    @BeforeEach
    void begin() throws IOException {
        Path state = directory.resolve("root/dra_manager_state");
        Struct claim = Struct.of("ClaimUID", "c", "ClaimName", "mine", "Namespace", "default", "PodUIDs",
                Seq.of("held"), "DriverState", Struct.of("gpu.example.com", Struct.of("Devices", Seq.EMPTY)));
        Files.createDirectories(directory.resolve("root"));
        Files.write(state, Json.bytes(Struct.of("ClaimInfoStateList", Seq.of(claim))));
        super.begin();
    }

    private boolean told(String words) {
        return told("FailedPrepareDynamicResources", words);
    }

    private boolean told(String reason, String words) {
        while (tools.events().step()) {
            LockSupport.parkNanos(1_000_000);
        }
        return EVENTS.stream().flatMap(r -> api.list(r, Query.ALL).items().stream())
                .anyMatch(e -> e.tree().text("reason").equals(reason)
                        && (e.tree().text("note") + e.tree().text("message")).contains(words));
    }

    @Test
    void aPodWhoseDevicesAreNotPreparedHasNoContainerAndIsTold() throws Exception {
        claim(Struct.EMPTY);
        Obj pod = podWithClaim();
        until(() -> told("Failed to prepare dynamic resources: pod p(" + pod.uid()
                + ") is not allowed to use ResourceClaim mine"));
        assertThat(called("create")).isFalse();
        Struct results = Struct.of("results", Seq.of(Struct.of("request", "r", "driver", "gpu.example.com", "pool", "p",
                "device", "d0")));
        claim(Struct.of("allocation", Struct.of("devices", results), "reservedFor",
                Seq.of(Struct.of("resource", "pods", "name", "p", "uid", pod.uid()))));
        clock.advance(Duration.ofSeconds(3));
        workers.wakeAll();
        until(() -> told("DRA driver gpu.example.com is not registered"));
        assertThat(called("create")).isFalse();
    }

    /// With its end in the API its devices are given to others.
    @Test
    void aPodHasNotEndedBeforeItsDevicesAreTakenBack() throws Exception {
        Struct metadata = Struct.of("name", "p", "namespace", "default", "uid", "held", "generation", 1);
        Obj pod = api.seed(ReferencedObjects.PODS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                metadata, "spec", spec(container("c")).with("restartPolicy", "Never").with("nodeName", "n"), "status",
                Struct.of("phase", "Pending"))));
        until(() -> ready(pod));
        runtime.exit("c", 0);
        workers.wakeAll();
        until(() -> told("FailedUnprepareDynamicResources", "DRA driver gpu.example.com is not registered"));
        assertThat(now(pod).status().text("phase")).isNotEqualTo("Succeeded");
    }

    @Test
    void aPodWithoutClaimsIsNotHeldUp() throws Exception {
        Obj pod = pod("p", spec(container("c")));
        until(() -> ready(pod));
    }
}
