package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiClient;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeviceStatusAuthorizationTest {
    private static final Gvr CLAIMS = new Gvr("resource.k8s.io", "v1", "resourceclaims");
    private static final Caller ANNE = Caller.of("anne", List.of());
    private static final Caller DRIVER = new Caller("system:serviceaccount:kube-system:dra", "", List.of(),
            Map.of("authentication.kubernetes.io/node-name", List.of("a")));
    private final Stage stage = new Stage();
    private final List<String> asked = new ArrayList<>();

    @AfterEach
    void close() {
        stage.close();
    }

    /// A plug-in whose reviews allow `verb subresource namespace/name`.
    private DeviceStatusAuthorization allowing(String... rights) {
        ApiClient api = (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(),
                new Class<?>[] {ApiClient.class}, (proxy, method, args) -> {
                    if (!method.getName().equals("post")) {
                        return method.invoke(stage.api, args);
                    }
                    Struct what = ((Struct) args[3]).struct("spec").struct("resourceAttributes");
                    String right = what.text("verb") + " " + what.text("subresource") + " " + what.text("namespace")
                            + "/" + what.text("name");
                    asked.add(right);
                    return Struct.of("status", Struct.of("allowed", Set.of(rights).contains(right)));
                });
        return new DeviceStatusAuthorization(new Listers(api));
    }

    private Write write(Caller caller, Struct before) {
        Write plain = stage.write(Operation.UPDATE, CLAIMS, "ResourceClaim", caller);
        return new Write(Operation.UPDATE, plain.kind(), "status", plain.key(), Optional.of(before), caller, false,
                Struct.EMPTY);
    }

    private static Struct claim(Struct status) {
        return Stage.object("ResourceClaim", "p", Struct.EMPTY).with("status", status);
    }

    private static Struct allocated(String node) {
        Struct result = Struct.of("request", "r", "driver", "gpu.example.com", "pool", "p", "device", "d");
        Struct field = Struct.of("key", "metadata.name", "operator", "In", "values", Seq.of(node));
        return Struct.of("allocation", Struct.of("devices", Struct.of("results", Seq.of(result)), "nodeSelector",
                Struct.of("nodeSelectorTerms", Seq.of(Struct.of("matchFields", Seq.of(field))))));
    }

    private static Struct told(Struct status, String driver) {
        return status.with("devices", Seq.of(Struct.of("driver", driver, "pool", "p", "device", "d")));
    }

    @Test
    void whoGivesDevicesNeedsTheRightToBind() {
        Write write = write(ANNE, claim(Struct.EMPTY));
        allowing("update binding /").validate(write, claim(allocated("a")));
        allowing("patch binding /").validate(write, claim(allocated("a")));
        assertThatThrownBy(() -> allowing().validate(write, claim(allocated("a")))).hasMessageContaining(
                "status: Forbidden: changing status.allocation or status.reservedFor requires"
                        + " resource=\"resourceclaims/binding\", verb=\"update\" permission");
        Struct reserved = allocated("a").with("reservedFor", Seq.of(Struct.of("resource", "pods", "name", "p", "uid",
                "u")));
        assertThatThrownBy(() -> allowing().validate(write(ANNE, claim(allocated("a"))), claim(reserved)))
                .hasMessageContaining("status.reservedFor");
    }

    @Test
    void whoTellsOfDevicesNeedsARightToTheirDriver() {
        Write write = write(ANNE, claim(allocated("a")));
        allowing("arbitrary-node:update driver default/gpu.example.com").validate(write,
                claim(told(allocated("a"), "gpu.example.com")));
        assertThatThrownBy(() -> allowing("arbitrary-node:update driver default/gpu.example.com").validate(write,
                claim(told(allocated("a"), "nic.example.com")))).hasMessageContaining(
                        "status.devices: Forbidden: changing status.devices requires"
                                + " resource=\"resourceclaims/driver\"");
        assertThatThrownBy(() -> allowing().validate(write(ANNE, claim(told(allocated("a"), "gpu.example.com"))),
                claim(allocated("a")))).as("taken back").hasMessageContaining("gpu.example.com");
    }

    @Test
    void aDriverTellsOfDevicesOfItsOwnNode() {
        String right = "associated-node:patch driver default/gpu.example.com";
        allowing(right).validate(write(DRIVER, claim(allocated("a"))), claim(told(allocated("a"), "gpu.example.com")));
        assertThatThrownBy(() -> allowing(right).validate(write(DRIVER, claim(allocated("b"))),
                claim(told(allocated("b"), "gpu.example.com")))).hasMessageContaining("[arbitrary-node:update]");
        Caller nobody = new Caller("anne", "", List.of(), DRIVER.extra());
        assertThatThrownBy(() -> allowing(right).validate(write(nobody, claim(allocated("a"))),
                claim(told(allocated("a"), "gpu.example.com")))).as("no ServiceAccount")
                .hasMessageContaining("[arbitrary-node:update]");
    }

    @Test
    void whatStaysAndWhatGoesWithItsDevicesNeedsNoRightToADriver() {
        Struct before = claim(told(allocated("a"), "gpu.example.com"));
        allowing().validate(write(ANNE, before), before.withAt("x", "metadata", "labels", "a"));
        assertThat(asked).isEmpty();
        allowing("update binding /").validate(write(ANNE, before), claim(Struct.EMPTY));
        assertThat(asked).containsExactly("update binding /");
    }

    @Test
    void onlyTheStatusIsAskedAbout() {
        Write spec = stage.write(Operation.UPDATE, CLAIMS, "ResourceClaim", ANNE);
        assertThat(allowing().handles(spec)).isFalse();
        assertThat(allowing().handles(write(ANNE, claim(Struct.EMPTY)))).isTrue();
    }
}
