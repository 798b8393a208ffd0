package io.k3j.admissionwebhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.codec.Json;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.webhookclient.KubeconfigClient;
import io.k3j.webhookclient.WebhookKubeconfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a webhook's answers lead to, over HTTP; HTTPS is the client's own matter.
class ImagePolicyWebhookTest {
    @TempDir
    private Path directory;
    private final List<Struct> asked = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private volatile String status = "{\"allowed\":true}";
    private volatile int code = 200;
    private volatile long nanos;
    private ImagePolicyWebhook plugin;

    @BeforeEach
    void begin() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", this::serve);
        server.start();
        plugin = plugin(false);
    }

    @AfterEach
    void end() {
        plugin.close();
        server.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            asked.add(Json.object(exchange.getRequestBody().readAllBytes()));
            byte[] body = ("{\"kind\":\"ImageReview\",\"apiVersion\":\"imagepolicy.k8s.io/v1alpha1\",\"status\":"
                    + status + "}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(code, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Path kubeconfig() throws IOException {
        return Files.writeString(directory.resolve("hook.kubeconfig"), """
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d/"}}]
                contexts: [{name: it, context: {cluster: c}}]
                current-context: it
                """.formatted(server.getAddress().getPort()));
    }

    private ImagePolicyWebhook plugin(boolean failsOpen) throws IOException {
        return new ImagePolicyWebhook(new ImagePolicyConfiguration(kubeconfig(), Duration.ofSeconds(60),
                Duration.ofSeconds(10), failsOpen),
                new KubeconfigClient(WebhookKubeconfig.read(kubeconfig(), Map.of()),
                        new KubeconfigClient.Settings("image-policy", 1 << 20)),
                () -> nanos);
    }

    private static Write write(Operation operation, String subresource) {
        Gvk gvk = Gvk.of("v1", "Pod");
        ResourceKind row = new ResourceKind(Gvr.of("v1", "pods"), gvk, new ResourceKind.Names("", List.of(), List.of()),
                true, Set.of(), List.of(), new ResourceKind.Storage("/registry/pods/", gvk),
                new Schemas().shape(gvk).orElseThrow(), List.of(),
                new ResourceKind.Strategy(true, false, false, true, true));
        return new Write(operation, row, subresource, new Key("default", "p"), Optional.empty(), Caller.ANONYMOUS,
                false, Struct.EMPTY);
    }

    private static Struct pod(String image) {
        Struct metadata = Struct.of("name", "p", "annotations", Struct.of("team", "a", "a.image-policy.k8s.io/ticket",
                "7"));
        return Struct.of("apiVersion", "v1", "kind", "Pod", "metadata", metadata, "spec", Struct.of("containers",
                images(image), "initContainers", images("init"), "ephemeralContainers", images("debug")));
    }

    private static Seq images(String image) {
        return Seq.of(Struct.of("name", "c", "image", image));
    }

    private void created(String image) {
        plugin.validate(write(Operation.CREATE, ""), pod(image));
    }

    @Test
    void shownAreImagesNamespaceAndItsOwnAnnotations() {
        created("web");
        assertThat(asked.getFirst().text("kind")).isEqualTo("ImageReview");
        assertThat(asked.getFirst().struct("spec")).isEqualTo(Struct.of("containers",
                Seq.of(Struct.of("image", "web"), Struct.of("image", "init")), "annotations",
                Struct.of("a.image-policy.k8s.io/ticket", "7"), "namespace", "default"));
        plugin.validate(write(Operation.UPDATE, "ephemeralcontainers"), pod("web"));
        assertThat(asked.getLast().struct("spec").seq("containers")).isEqualTo(Seq.of(Struct.of("image", "debug")));
        assertThat(plugin.handles(write(Operation.UPDATE, ""))).isTrue();
        assertThat(plugin.handles(write(Operation.UPDATE, "status"))).isFalse();
        assertThat(plugin.handles(write(Operation.DELETE, ""))).isFalse();
    }

    @Test
    void aRefusalIsToldInTheWebhooksWords() {
        status = "{\"allowed\":false,\"reason\":\"no tag\"}";
        assertThatThrownBy(() -> created("a")).hasMessageContaining(
                "image policy webhook backend denied one or more images: no tag");
        status = "{}";
        assertThatThrownBy(() -> created("b")).hasMessageContaining("one or more images rejected by webhook backend");
    }

    @Test
    void answersAreKnownForTheirTime() {
        created("a");
        status = "{\"allowed\":false}";
        created("a");
        assertThatThrownBy(() -> created("b")).hasMessageContaining("rejected");
        assertThat(asked).hasSize(2);
        nanos = Duration.ofSeconds(11).toNanos();
        status = "{\"allowed\":true}";
        created("a");
        created("b");
        assertThat(asked).hasSize(3);
        nanos = Duration.ofSeconds(61).toNanos();
        created("a");
        assertThat(asked).hasSize(4);
    }

    @Test
    void whenNobodyAnswersTheConfigurationDecides() throws IOException {
        code = 500;
        assertThatThrownBy(() -> created("a")).hasMessageContaining("the image policy webhook cannot be asked")
                .hasMessageNotContaining("127.0.0.1");
        plugin.close();
        plugin = plugin(true);
        assertThatCode(() -> created("a")).doesNotThrowAnyException();
    }

    private String argument(String section) throws IOException {
        return "admission-control-config-file=" + Files.writeString(directory.resolve("admission.yaml"),
                "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n- name:"
                        + " ImagePolicyWebhook\n  configuration: {imagePolicy: {" + section + "}}\n");
    }

    @Test
    void isThereWhereItIsNamed() throws IOException {
        String section = argument("kubeConfigFile: " + kubeconfig() + ", allowTTL: -1, defaultAllow: true");
        assertThat(ImagePolicyPlugin.plugin(section)).isNull();
        ImagePolicyWebhook made = ImagePolicyPlugin.plugin(section,
                "enable-admission-plugins=NodeRestriction,ImagePolicyWebhook");
        assertThat(made).isNotNull();
        made.close();
        assertThatThrownBy(() -> ImagePolicyPlugin.plugin("enable-admission-plugins=ImagePolicyWebhook"))
                .hasMessageContaining("needs a section of this name");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"kubeConfigFile: a|must be an absolute file path",
            "kubeConfigFile: /a, allowTTL: 1801|allowTTL: Invalid value: 1801: valid value is between 1 and 1800",
            "kubeConfigFile: /a, denyTTL: -2|denyTTL: Invalid value: -2",
            "kubeConfigFile: /a, retryBackoff: 300001|retryBackoff: Invalid value: 300001",
            "kubeConfigFile: /a, allow: true|unknown fields [allow] in imagePolicy",
            "kubeConfigFile: /no/file|kubeConfigFile of ImagePolicyWebhook: "})
    void whatIsWrongEndsTheStart(String section, String message) throws IOException {
        String argument = argument(section);
        assertThatThrownBy(() -> ImagePolicyPlugin.plugin(argument, "enable-admission-plugins=ImagePolicyWebhook"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
