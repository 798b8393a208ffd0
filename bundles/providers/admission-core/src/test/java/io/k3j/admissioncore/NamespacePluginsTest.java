package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.View;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import io.k3j.podsecurity.PodSecurityConfiguration;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Plug-ins about namespaces that are off unless they are enabled, and what all of them see of a new namespace.
class NamespacePluginsTest {
    private static final String ENABLE = "enable-admission-plugins=NamespaceExists,NamespaceAutoProvision";
    private final Stage stage = new Stage();

    @AfterEach
    void close() {
        stage.close();
    }

    private static Struct namespace() {
        return Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata", Struct.of("name", "default"));
    }

    @Test
    void aNamespaceIsMadeForWhatIsCreatedInIt() {
        NamespaceAutoProvision plugin = new NamespaceAutoProvision(stage.world, ENABLE);
        Struct pod = Stage.pod(Struct.EMPTY);
        assertThat(stage.admitted(plugin, Listers.PODS, pod)).isEqualTo(pod);
        assertThat(stage.api.find(Listers.NAMESPACES, Key.of("default"))).isPresent();
        assertThat(stage.admitted(plugin, Listers.PODS, pod)).as("when it is there").isEqualTo(pod);
        assertThat(stage.admitted(new NamespaceLifecycle(stage.world), Listers.PODS, pod))
                .as("before the view tells of it").isEqualTo(pod);
    }

    @Test
    void aNamespaceThatCannotBeMadeIsToldAndNoneIsMadeWithoutTheFlagOrInADryRun() {
        Struct pod = Stage.pod(Struct.EMPTY);
        stage.admitted(new NamespaceAutoProvision(stage.world), Listers.PODS, pod);
        Write write = stage.creates(Listers.PODS, "Pod");
        Write dry = new Write(Operation.CREATE, write.kind(), "", write.key(), write.before(), write.caller(), true,
                Struct.EMPTY);
        NamespaceAutoProvision plugin = new NamespaceAutoProvision(stage.world, ENABLE);
        assertThat(plugin.handles(dry)).isFalse();
        assertThat(stage.api.find(Listers.NAMESPACES, Key.of("default"))).isEmpty();
        stage.api.refuse("create", Listers.NAMESPACES, ApiFault.unavailable("not now"));
        assertThatThrownBy(() -> plugin.admit(write, pod)).hasMessage("pods \"p\" is forbidden: not now");
    }

    @Test
    void nothingIsDeletedWhereThereIsNoNamespace() {
        NamespaceExists plugin = new NamespaceExists(stage.world, ENABLE);
        Write delete = stage.write(Operation.DELETE, Listers.PODS, "Pod", Caller.ANONYMOUS);
        assertThat(plugin.handles(delete)).isTrue();
        assertThat(new NamespaceExists(stage.world).handles(delete)).isFalse();
        assertThatThrownBy(() -> plugin.validate(delete, Stage.pod(Struct.EMPTY)))
                .hasMessage("namespaces \"default\" not found");
        stage.seed(Listers.NAMESPACES, namespace());
        plugin.validate(delete, Stage.pod(Struct.EMPTY));
    }

    /// A client whose views have heard of nothing yet.
    private ApiClient behind() {
        View empty = (View) Proxy.newProxyInstance(View.class.getClassLoader(), new Class<?>[] {View.class},
                (proxy, method, args) -> {
                    if (method.getName().equals("get")) {
                        return Optional.empty();
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
        return (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(), new Class<?>[] {ApiClient.class},
                (proxy, method, args) -> method.getName().equals("view") ? empty : method.invoke(stage.api, args));
    }

    @Test
    void whatANewNamespaceEnforcesCountsBeforeTheViewTellsOfIt() {
        Listers behind = new Listers(behind());
        stage.seed(Listers.NAMESPACES, namespace().withAt("restricted", "metadata", "labels",
                "pod-security.kubernetes.io/enforce"));
        Struct pod = Stage.pod(Struct.EMPTY);
        assertThat(stage.admitted(new NamespaceLifecycle(behind), Listers.PODS, pod)).isEqualTo(pod);
        PodSecurity security = new PodSecurity(behind, PodSecurityConfiguration.NONE);
        assertThatThrownBy(() -> stage.admitted(security, Listers.PODS, pod))
                .hasMessageContaining("violates PodSecurity \"restricted");
    }
}
