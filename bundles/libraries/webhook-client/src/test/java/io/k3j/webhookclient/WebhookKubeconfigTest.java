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
            "server: 'https://h', proxy-url: 'ftp://me:hidden@p'|''|invalid 'proxy-url' for cluster \"c\": unsupported "
                    + "scheme \"ftp\", must be http, https, or socks5",
            "server: 'https://h', proxy-url: 'http://me:hid den@p'|''|invalid 'proxy-url' for cluster \"c\": could not "
                    + "parse",
            "server: 'https://h', proxy-url: 'socks5:///hidden'|''|invalid 'proxy-url' for cluster \"c\": it names "
                    + "no host",
            "server: 'https://h'|exec: {command: hidden}|exec of user \"u\" is not supported by K3j; leave it out",
            "server: 'https://h'|auth-provider: {name: hidden}|auth-provider of user \"u\" is not supported by K3j; "
                    + "leave it out",
            "server: 'https://h'|as-groups: [hidden]|requesting uid, groups or user-extra for u without "
                    + "impersonating a user",
            "server: 'https://h'|token: hidden, username: a|more than one authentication method found for u; "
                    + "found [token basicAuth], only one is allowed",
            "server: 'https://h'|client-certificate-data: aGlkZGVu|client-key-data or client-key must be specified for "
                    + "u to use the clientCert authentication method.",
            "server: 'https://h'|'client-certificate-data: aGlkZGVu, client-key-data: aGlkZGVu'|no certificate or no "
                    + "key of user \"u\"",
            "server: 'https://h', certificate-authority-data: aGlkZGVu|''|unable to load root certificates: no "
                    + "certificate of cluster \"c\"",
            "server: 'https://h', certificate-authority: /no/file|''|unable to read certificate-authority /no/file for "
                    + "c due to open /no/file: no such file or directory",
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

    @ParameterizedTest
    @CsvSource({"http://p,HTTP,p,80,''", "HTTP://p:1/x,HTTP,p,1,''", "https://me:secret@p,HTTPS,p,443,me:secret",
            "'socks5://me:a%20b@[::1]',SOCKS5,::1,1080,me:a b"})
    void theKubeconfigNamesAProxy(String url, WebhookProxy.Kind kind, String host, int port, String login)
            throws IOException {
        Path file = Files.writeString(directory.resolve("config"), config("server: 'https://h', proxy-url: '" + url
                + "'", ""));
        WebhookKubeconfig read = WebhookKubeconfig.read(file, Map.of("HTTPS_PROXY", "http://other:1", "NO_PROXY", "h"));
        assertThat(read.proxy()).contains(new WebhookProxy(kind, host, port, login)).get().asString()
                .doesNotContain("me");
    }

    @Test
    void whoIsActedAsIsToldByHeaders() throws IOException {
        assertThat(read(config("server: 'https://h'", "as: jane, as-uid: '7', as-groups: [a, b], as-user-extra: "
                + "{'acme.io/team%': [x, z]}, token: secret")).headers()).containsExactly("Impersonate-User: jane",
                        "Impersonate-Uid: 7", "Impersonate-Group: a", "Impersonate-Group: b",
                        "Impersonate-Extra-acme.io%2Fteam%25: x", "Impersonate-Extra-acme.io%2Fteam%25: z",
                        "Authorization: Bearer secret");
    }

    @Test
    void aFileOfATokenMustHoldOne() throws IOException {
        Path token = Files.writeString(directory.resolve("token"), " \n");
        assertThatThrownBy(() -> read(config("server: 'https://h'", "tokenFile: token")))
                .hasMessage("invalid configuration: open " + token + ": read empty token from file \"" + token + "\"");
        Files.writeString(token, "first\n");
        WebhookKubeconfig read = read(config("server: 'https://h'", "tokenFile: token"));
        Files.writeString(token, "");
        assertThat(read.authorization()).isEqualTo("Bearer first");
    }

    @Test
    void aKeyMustBeThatOfTheCertificate() throws Exception {
        try (KnowingServer server = new KnowingServer()) {
            assertThatThrownBy(() -> read(config("server: 'https://h'", "client-certificate-data: "
                    + server.client("jane").certificate() + ", client-key-data: " + server.client("joe").key())))
                    .hasMessage("invalid configuration: tls: private key does not match public key");
        }
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
