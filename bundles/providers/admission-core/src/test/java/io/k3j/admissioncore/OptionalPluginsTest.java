package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.admissionkit.OptionalPlugins;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Plug-ins that are off unless they are enabled, as CIS benchmarks ask for some of them.
class OptionalPluginsTest {
    private static final Gvr SERVICES = new Gvr("", "v1", "services");
    private static final String ENABLE = "enable-admission-plugins=AlwaysPullImages,DenyServiceExternalIPs";
    private final Stage stage = new Stage();

    @AfterEach
    void close() {
        stage.close();
    }

    private Write updates(Gvr resource, String kind, Struct before) {
        Write write = stage.write(Operation.UPDATE, resource, kind, Caller.ANONYMOUS);
        return new Write(write.operation(), write.kind(), "", write.key(), Optional.of(before), write.caller(), false,
                Struct.EMPTY);
    }

    private static Struct service(Object... addresses) {
        return Stage.object("Service", "s", Struct.of("externalIPs", Seq.of(addresses)));
    }

    @Test
    void theLastListOfNamesCounts() {
        assertThat(OptionalPlugins.enabled("A")).isFalse();
        assertThat(OptionalPlugins.enabled("A", "enable-admission-plugins=B,A")).isTrue();
        assertThat(OptionalPlugins.enabled("A", "enable-admission-plugins=A", "enable-admission-plugins=B")).isFalse();
    }

    @Test
    void imagesAreAlwaysPulled() {
        AlwaysPullImages plugin = new AlwaysPullImages(ENABLE);
        Struct pod = Stage.pod(Struct.of("initContainers",
                Seq.of(Struct.of("name", "i", "image", "y", "imagePullPolicy", "Never")), "volumes",
                Seq.of(Struct.of("name", "v", "image", Struct.of("reference", "z")), Struct.of("name", "e"))));
        Struct spec = stage.admitted(plugin, Listers.PODS, pod).struct("spec");
        assertThat(spec.seq("containers").struct(0).text("imagePullPolicy")).isEqualTo("Always");
        assertThat(spec.seq("initContainers").struct(0).text("imagePullPolicy")).isEqualTo("Always");
        assertThat(spec.seq("volumes").struct(0).struct("image").text("pullPolicy")).isEqualTo("Always");
        assertThat(spec.has("ephemeralContainers")).isFalse();
        assertThat(stage.admitted(new AlwaysPullImages(), Listers.PODS, pod)).isEqualTo(pod);
    }

    @Test
    void whoPullsOtherwiseAfterAllIsRefusedUnlessTheImageIsNotNew() {
        AlwaysPullImages plugin = new AlwaysPullImages(ENABLE);
        Struct pod = Stage.pod(Struct.EMPTY);
        Write creation = stage.creates(Listers.PODS, "Pod");
        assertThatThrownBy(() -> plugin.validate(creation, pod)).hasMessage("pods \"p\" is forbidden: "
                + "spec.containers[0].imagePullPolicy: Unsupported value: \"\": supported values: \"Always\"");
        Write update = updates(Listers.PODS, "Pod", pod);
        plugin.validate(update, pod);
        assertThat(plugin.admit(update, pod)).isEqualTo(pod);
        Struct other = pod.withAt(Seq.of(Struct.of("name", "c", "image", "new")), "spec", "containers");
        assertThat(plugin.admit(update, other)).isNotEqualTo(other);
    }

    @Test
    void externalAddressesAreKeptAndNotClaimed() {
        DenyServiceExternalIPs plugin = new DenyServiceExternalIPs(ENABLE);
        Write creation = stage.creates(SERVICES, "Service");
        assertThat(plugin.handles(creation)).isTrue();
        assertThat(new DenyServiceExternalIPs().handles(creation)).isFalse();
        plugin.validate(creation, service());
        assertThatThrownBy(() -> plugin.validate(creation, service("192.0.2.1"))).hasMessage(
                "services \"p\" is forbidden: Use of external IPs is denied by admission control.");
        Write update = updates(SERVICES, "Service", service("192.0.2.1", "192.0.2.2"));
        for (Struct kept : List.of(service(), service("192.0.2.2"), service("192.0.2.2", "192.0.2.1"))) {
            plugin.validate(update, kept);
        }
        assertThatThrownBy(() -> plugin.validate(update, service("192.0.2.3"))).hasMessageContaining("is denied");
    }

    @ParameterizedTest
    @EnumSource(Operation.class)
    void nothingIsWrittenWhereEverythingIsDenied(Operation operation) {
        AlwaysDeny plugin = new AlwaysDeny("enable-admission-plugins=AlwaysDeny");
        Write write = stage.write(operation, SERVICES, "Service", Caller.ANONYMOUS);
        assertThat(plugin.handles(write)).isTrue();
        String denied = "services \"p\" is forbidden: admission control is denying all modifications";
        assertThatThrownBy(() -> plugin.admit(write, service())).isInstanceOf(ApiFault.class).hasMessage(denied);
        assertThatThrownBy(() -> plugin.validate(write, service())).isInstanceOf(ApiFault.class).hasMessage(denied);
        assertThat(new AlwaysDeny(ENABLE).handles(write)).isFalse();
    }
}
