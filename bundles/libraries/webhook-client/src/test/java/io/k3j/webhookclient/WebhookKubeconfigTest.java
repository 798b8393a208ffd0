package io.k3j.webhookclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of kubeconfigs that cannot be used.
class WebhookKubeconfigTest {
    @TempDir
    private Path directory;

    private WebhookKubeconfig read(String text) throws IOException {
        return WebhookKubeconfig.read(Files.writeString(directory.resolve("config"), text), Map.of());
    }

    private static String config(String cluster, String user) {
        return """
                clusters: [{name: c, cluster: {%s}}]
                users: [{name: u, user: {%s}}]
                contexts: [{name: it, context: {cluster: c, user: u}}]
                current-context: it
                """.formatted(cluster, user);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
            "''|''|cluster has no server defined",
            "insecure-skip-tls-verify: true|''|no server found for cluster \"c\"",
            "server: 'localhost:80'|''|the server of cluster \"c\" must be like https://host[:port][/path]",
            "server: 'https://me:hidden@h'|''|the server of cluster \"c\" must be like https://host[:port][/path]",
            "server: 'https://h', proxy-url: 'http://me:hidden@p'|''|proxy-url of cluster \"c\" is not supported by K3j; "
                    + "leave it out",
            "server: 'https://h', tls-server-name: n|''|tls-server-name of cluster \"c\" is not supported by K3j; "
                    + "leave it out",
            "server: 'https://h'|exec: {command: hidden}|exec of user \"u\" is not supported by K3j; leave it out",
            "server: 'https://h'|token: hidden, username: a|more than one authentication method found for u; "
                    + "found [token basicAuth], only one is allowed",
            "server: 'https://h'|client-certificate-data: aGlkZGVu|client-key-data or client-key must be specified for "
                    + "u to use the clientCert authentication method.",
            "server: 'https://h'|'client-certificate-data: aGlkZGVu, client-key-data: aGlkZGVu'|no certificate or no key "
                    + "of user \"u\"",
            "server: 'https://h', certificate-authority-data: aGlkZGVu|''|unable to load root certificates: no "
                    + "certificate of cluster \"c\"",
            "server: 'https://h', certificate-authority: /no/file|''|unable to read certificate-authority /no/file for c "
                    + "due to open /no/file: no such file or directory",
            "server: 'https://h'|tokenFile: /no/token|open /no/token: no such file or directory"})
    void problemsAreToldInUpstreamsWords(String cluster, String user, String problem) {
        assertThatThrownBy(() -> read(config(cluster, user))).isInstanceOf(IOException.class)
                .hasMessage("invalid configuration: " + problem);
    }

    @Test
    void allProblemsAreToldAtOnce() {
        assertThatThrownBy(() -> read("current-context: other\nclusters: []\n")).hasMessage("invalid configuration: ["
                + "context was not found for specified context: other, cluster has no server defined]");
        assertThatThrownBy(() -> read("")).hasMessageStartingWith("invalid configuration: no configuration has been");
        assertThatThrownBy(() -> WebhookKubeconfig.read(directory.resolve("none"), Map.of()))
                .hasMessage("stat " + directory.resolve("none") + ": no such file or directory");
    }

    @Test
    void whatIsNoYamlIsNotRepeated() {
        assertThatThrownBy(() -> read("users:\n- user:\n    token: hidden\n  - : [\n")).hasMessageContaining("config")
                .hasMessageNotContaining("hidden");
        assertThatThrownBy(() -> read("token: \"hidden\n")).hasMessageNotContaining("hidden");
        assertThatThrownBy(() -> read("token: @hidden\n")).hasMessageNotContaining("hidden");
    }

    @Test
    void theTextOfOneHasNoCredential() throws IOException {
        assertThat(read(config("server: 'https://h/p?q=1#f'", "token: hidden"))).hasToString("https://h/p");
    }

    @Test
    void noTokenGoesOutInTheClear() throws IOException {
        assertThat(read(config("server: 'http://h'", "token: hidden")).authorization()).isEmpty();
        assertThat(read(config("server: 'https://h'", "token: shown")).authorization()).isEqualTo("Bearer shown");
    }

    @Test
    void theEnvironmentNamesAProxy() throws IOException {
        Path file = Files.writeString(directory.resolve("config"), config("server: 'https://h'", ""));
        assertThat(WebhookKubeconfig.read(file, Map.of("HTTPS_PROXY", "http://p:1")).proxy()).get()
                .hasToString("proxy p:1");
        assertThat(WebhookKubeconfig.read(file, Map.of("HTTPS_PROXY", "http://p:1", "NO_PROXY", "h")).proxy())
                .isEmpty();
    }
}
