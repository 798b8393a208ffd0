package io.k3j.helmcontroller;

import static io.k3j.helmcontroller.Charts.base64;
import static io.k3j.helmcontroller.Charts.input;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.model.Struct;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class HelmRequestTest {
    private static Map<String, byte[]> files(ReleaseInput input) {
        return HelmRequest.deploy("install", input, "127.0.0.1:6443").files();
    }

    private static Properties properties(Map<String, byte[]> files) throws IOException {
        Properties all = new Properties();
        all.load(new ByteArrayInputStream(files.get("request.properties")));
        return all;
    }

    private static String text(Map<String, byte[]> files, String name) {
        return new String(files.get(name), StandardCharsets.UTF_8);
    }

    @Test
    void aRepositoryHasItsCredentialsAndAuthorities() throws IOException {
        Struct spec = Struct.of("chart", "nginx", "repo", "https://charts.example", "version", "1.2", "authSecret",
                Struct.of("name", "login"), "authPassCredentials", true, "repoCA", "PEM 1", "insecureSkipTLSVerify",
                true, "createNamespace", true, "targetNamespace", "apps", "timeout", "30s");
        ReleaseInput input = new ReleaseInput(Charts.chart().with(spec, "spec"), Struct.EMPTY, Map.of("login",
                Struct.of("username", base64("me"), "password", base64("secret=\u00e4"))), Struct.of("a", "PEM 2"));
        Map<String, byte[]> files = files(input);
        assertThat(properties(files)).containsAllEntriesOf(Map.ofEntries(Map.entry("operation", "install"),
                Map.entry("release", "web"), Map.entry("namespace", "apps"), Map.entry("chart", "web/nginx"),
                Map.entry("version", "1.2"), Map.entry("repo.url", "https://charts.example"),
                Map.entry("repo.name", "web"), Map.entry("repo.username", "me"),
                Map.entry("repo.password", "secret=\u00e4"), Map.entry("repo.passCredentials", "true"),
                Map.entry("caFile", "ca.pem"), Map.entry("insecureSkipTlsVerify", "true"),
                Map.entry("createNamespace", "true"), Map.entry("timeoutSeconds", "30")));
        assertThat(text(files, "ca.pem")).isEqualTo("PEM 1\nPEM 2\n");
    }

    @Test
    void ofADockerConfigOnlyCredentialsAreTaken() {
        String config = "{\"auths\":{\"r.example\":{\"auth\":\"bTpw\"}},\"credsStore\":\"../../tmp/evil\"}";
        Struct spec = Struct.of("chart", "oci://r.example/a", "dockerRegistrySecret", Struct.of("name", "docker"));
        Map<String, byte[]> files = files(input(spec, Struct.EMPTY, Map.of("docker",
                Struct.of(".dockerconfigjson", base64(config)))));
        assertThat(text(files, "config/registry/config.json"))
                .isEqualTo("{\"auths\":{\"r.example\":{\"auth\":\"bTpw\"}}}");
    }

    @Test
    void aDockerConfigThatIsNoneIsRefused() {
        Struct spec = Struct.of("chart", "oci://r.example/a", "dockerRegistrySecret", Struct.of("name", "docker"));
        assertThatThrownBy(() -> files(input(spec, Struct.EMPTY, Map.of("docker",
                Struct.of(".dockerconfigjson", base64("no")))))).isInstanceOf(ChartRefused.class);
    }

    @Test
    void textsOfSetAreFilesSoThatNothingInThemIsSyntax() throws IOException {
        Map<String, byte[]> files = files(input("chart", "oci://r/a", "set",
                Struct.of("n", 1L, "t", "a,b={c}")));
        assertThat(properties(files)).containsEntry("set.0.key", "n").containsEntry("set.0.value", "1")
                .containsEntry("setFile.0.key", "t").containsEntry("setFile.0.value", "set-0");
        assertThat(text(files, "set-0")).isEqualTo("a,b={c}");
    }
}
