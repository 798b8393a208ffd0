package io.k3j.admissioncore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Struct;
import io.k3j.podsecurity.PodSecurityConfiguration;
import io.k3j.podsecurity.PodSecurityLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The file that K3s' hardening guide calls `psa.yaml`.
class PodSecurityConfigurationTest {
    private static final String HEAD = """
            apiVersion: apiserver.config.k8s.io/v1
            kind: AdmissionConfiguration
            plugins:
            - name: PodSecurity
              configuration:
                apiVersion: pod-security.admission.config.k8s.io/v1
                kind: PodSecurityConfiguration
            """;
    private static final String GUIDE = HEAD + """
                defaults:
                  enforce: "baseline"
                  enforce-version: "latest"
                  warn: "restricted"
                exemptions:
                  usernames: [admin]
                  runtimeClasses: [kata]
                  namespaces: [kube-system]
            """;
    @TempDir
    private Path directory;
    private final Stage stage = new Stage();

    @AfterEach
    void close() {
        stage.close();
    }

    private PodSecurity plugin(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("psa.yaml"), text);
        return new PodSecurity(stage.world,
                PodSecurityConfiguration.of("anonymous-auth=true", "admission-control-config-file=" + file));
    }

    private static Struct host() {
        return Stage.pod(Struct.of("hostNetwork", true));
    }

    @Test
    void anUnlabelledNamespaceUsesTheDefaults() throws IOException {
        PodSecurity plugin = plugin(GUIDE);
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS, host())).isInstanceOf(ApiFault.class)
                .hasMessageContaining("violates PodSecurity \"baseline:latest\"");
        assertThat(plugin.warnings(stage.creates(Listers.PODS, "Pod"), Stage.pod(Struct.EMPTY))).singleElement()
                .asString().startsWith("would violate PodSecurity \"restricted:latest\"");
    }

    @Test
    void ofTwoPartsOfAPluginTheFirstCounts() throws IOException {
        PodSecurity plugin = plugin(GUIDE + HEAD.substring(HEAD.indexOf("- name"))
                + "    defaults: {enforce: privileged}\n");
        assertThatThrownBy(() -> stage.admitted(plugin, Listers.PODS, host())).isInstanceOf(ApiFault.class)
                .hasMessageContaining("violates PodSecurity \"baseline:latest\"");
    }

    @Test
    void labelsOverrideDefaults() throws IOException {
        PodSecurity plugin = plugin(GUIDE);
        stage.seed(Listers.NAMESPACES, Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", "default", "labels", Struct.of(PodSecurityLevel.ENFORCE, "privileged",
                        PodSecurityLevel.WARN, "privileged"))));
        assertThat(stage.admitted(plugin, Listers.PODS, host())).isEqualTo(host());
        assertThat(plugin.warnings(stage.creates(Listers.PODS, "Pod"), host())).isEmpty();
    }

    @Test
    void exemptPodsAreNotChecked() throws IOException {
        PodSecurity plugin = plugin(GUIDE);
        Write by = stage.write(Operation.CREATE, Listers.PODS, "Pod", new Caller("admin", "", List.of(), Map.of()));
        plugin.validate(by, host());
        assertThat(plugin.warnings(by, host())).isEmpty();
        Struct kata = host().withAt("kata", "spec", "runtimeClassName");
        assertThat(stage.admitted(plugin, Listers.PODS, kata)).isEqualTo(kata);
        PodSecurity other = plugin(GUIDE.replace("kube-system", "default"));
        assertThat(stage.admitted(other, Listers.PODS, host())).isEqualTo(host());
    }

    @Test
    void anInvalidConfigurationIsRefusedWithItsFileName() {
        refused(HEAD.replace("name: PodSecurity", "name: AlwaysDeny"), "AlwaysDeny");
        refused(HEAD + "    defaults: {enforce: strict}\n", "defaults[enforce]: Invalid value: \"strict\"");
        refused(HEAD + "    defaults: {enforced: baseline}\n", "unknown field \"defaults.enforced\"");
        refused(HEAD + "    exemptions: {users: [a]}\n", "unknown fields [users] in exemptions");
        refused("a: [", "psa.yaml");
        assertThatThrownBy(() -> PodSecurityConfiguration.of("admission-control-config-file=/none/psa.yaml"))
                .hasMessageContaining("cannot read /none/psa.yaml");
    }

    private void refused(String text, String why) {
        assertThatThrownBy(() -> plugin(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("psa.yaml of --kube-apiserver-arg=admission-control-config-file: ")
                .hasMessageContaining(why);
    }
}
