package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Pods of an account that lets them refer to its own Secrets only.
class MountableSecretsTest {
    private final Stage stage = new Stage();
    private ServiceAccounts plugin;

    @BeforeEach
    void open() {
        plugin = new ServiceAccounts(stage.world);
        account("true");
    }

    @AfterEach
    void close() {
        plugin.stop();
        stage.close();
    }

    private void account(String enforced) {
        stage.seed(Listers.ACCOUNTS, json("{'apiVersion':'v1','kind':'ServiceAccount','metadata':{'name':'default',"
                + "'namespace':'default','annotations':{'kubernetes.io/enforce-mountable-secrets':'" + enforced
                + "'}},'secrets':[{'name':'own'}],'imagePullSecrets':[{'name':'pull'}]}"));
    }

    private static Struct json(String text) {
        return Json.object(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private Struct created(String spec) {
        return stage.admitted(plugin, Listers.PODS, Stage.object("Pod", "p", json(spec)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{'volumes':[{'name':'v','secret':{'secretName':'%s'}}]}"
                    + "|volume with secret.secretName=\"other\"",
            "{'initContainers':[{'name':'i','env':[{'name':'E','valueFrom':{'secretKeyRef':{'name':'%s','key':'k'}}}]}]}"
                    + "|init container i with envVar E referencing secret.secretName=\"other\"",
            "{'initContainers':[{'name':'i','envFrom':[{'secretRef':{'name':'%s'}}]}]}"
                    + "|init container i with envFrom referencing secret.secretName=\"other\"",
            "{'containers':[{'name':'c','env':[{'name':'E','valueFrom':{'secretKeyRef':{'name':'%s','key':'k'}}}]}]}"
                    + "|container c with envVar E referencing secret.secretName=\"other\"",
            "{'containers':[{'name':'c','envFrom':[{'secretRef':{'name':'%s'}}]}]}"
                    + "|container c with envFrom referencing secret.secretName=\"other\""})
    void areThoseThatTheAccountNames(String spec, String refused) {
        assertThat(created(spec.formatted("own")).text("kind")).isEqualTo("Pod");
        assertThatThrownBy(() -> created(spec.formatted("other"))).hasMessage("pods \"p\" is forbidden: " + refused
                + " is not allowed because service account default does not reference that secret");
        account("false");
        assertThat(created(spec.formatted("other")).text("kind")).isEqualTo("Pod");
    }

    @Test
    void imagesArePulledWithTheAccountsOwn() {
        assertThat(created("{}").struct("spec").seq("imagePullSecrets").size()).isEqualTo(1);
        assertThatThrownBy(() -> created("{'imagePullSecrets':[{'name':'pull'},{'name':'other'}]}"))
                .hasMessageEndingWith(
                        "imagePullSecrets[1].name=\"other\" is not allowed because service account default"
                                + " does not reference that imagePullSecret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"own", "other"})
    void aContainerThatIsAddedMayNotMore(String secret) {
        Struct pod = Stage.object("Pod", "p", json("{'serviceAccountName':'default','volumes':[{'name':'v','secret':"
                + "{'secretName':'before'}}],'ephemeralContainers':[{'name':'e','envFrom':[{'secretRef':{'name':'"
                + secret + "'}}]}]}"));
        Write plain = stage.write(Operation.UPDATE, Listers.PODS, "Pod", Caller.ANONYMOUS);
        Write write = new Write(plain.operation(), plain.kind(), "ephemeralcontainers", plain.key(), Optional.of(pod),
                plain.caller(), false, Struct.EMPTY);
        assertThat(plugin.handles(plain)).isFalse();
        assertThat(plugin.handles(write)).isTrue();
        assertThat(plugin.admit(write, pod)).isSameAs(pod);
        if (secret.equals("own")) {
            plugin.validate(write, pod);
        } else {
            assertThatThrownBy(() -> plugin.validate(write, pod)).hasMessageContaining("ephemeral container e with"
                    + " envFrom referencing secret.secretName=\"other\" is not allowed");
        }
    }

    @Test
    void anAccountThatAnotherPlugInHasNamedMustBeThere() {
        Write write = stage.creates(Listers.PODS, "Pod");
        Struct pod = Stage.pod(Struct.of("serviceAccountName", "nobody"));
        assertThatThrownBy(() -> plugin.validate(write, pod)).hasMessageContaining("\"nobody\" not found");
        assertThatThrownBy(() -> plugin.validate(write, Stage.pod(Struct.EMPTY)))
                .hasMessageContaining("no service account specified for pod default/p");
    }

    @Test
    void aMirrorPodHasNone() {
        Struct mirror = Stage.pod(Struct.of("imagePullSecrets", List.of(Struct.of("name", "pull"))))
                .withAt(Struct.of("kubernetes.io/config.mirror", "x"), "metadata", "annotations");
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS, mirror))
                .hasMessageEndingWith("a mirror pod may not reference secrets");
        assertThat(stage.admitted(plugin, Listers.PODS, mirror.withAt(Seq.EMPTY, "spec", "imagePullSecrets")))
                .isNotNull();
    }
}
