package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeviceAdminAccessTest {
    private static final Gvr CLAIMS = new Gvr("resource.k8s.io", "v1", "resourceclaims");
    private final Stage stage = new Stage();
    private final DeviceAdminAccess plugin = new DeviceAdminAccess(stage.world);

    @AfterEach
    void close() {
        stage.close();
    }

    private static Struct claim(boolean admin) {
        return Stage.object("ResourceClaim", "c", Struct.of("devices", Struct.of("requests", Seq.of(Struct.of("name",
                "a", "exactly", Struct.of("deviceClassName", "d", "adminAccess", admin))))));
    }

    private void namespace(String access) {
        stage.seed(Listers.NAMESPACES, Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", stage.creates(CLAIMS, "ResourceClaim").key().namespace(), "labels",
                        Struct.of("resource.kubernetes.io/admin-access", access))));
    }

    @Test
    void adminAccessIsForLabelledNamespaces() {
        namespace("true");
        assertThat(stage.admitted(plugin, CLAIMS, claim(true))).isEqualTo(claim(true));
    }

    @Test
    void elsewhereItIsRefused() {
        namespace("yes");
        assertThat(stage.admitted(plugin, CLAIMS, claim(false))).isEqualTo(claim(false));
        assertThatThrownBy(() -> stage.admitted(plugin, CLAIMS, claim(true))).isInstanceOf(ApiFault.class)
                .hasMessageContaining("spec.devices.requests[0].exactly.adminAccess: Forbidden: admin access to devices"
                        + " requires the `resource.kubernetes.io/admin-access: true` label on the containing"
                        + " namespace");
    }
}
