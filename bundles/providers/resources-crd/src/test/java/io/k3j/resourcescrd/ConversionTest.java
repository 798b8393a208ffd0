package io.k3j.resourcescrd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.codec.Yaml;
import io.k3j.metricstext.CustomResourceMetrics;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.HostileRequest;
import io.k3j.testkitobjects.HookServer;
import io.k3j.testkitobjects.ObjectServer;
import io.k3j.webhookclient.WebhookClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Custom resources in two versions that a webhook converts, as in upstream's tests: a host with its port in one field,
/// or in two.
class ConversionTest {
    private static final Gvk V1 = Gvk.of("stable.example.com/v1", "Place");
    private static final Gvk V2 = Gvk.of("stable.example.com/v2", "Place");
    private static final Gvr PLACES_V1 = Gvr.of("stable.example.com/v1", "places");
    private static final Gvr PLACES_V2 = Gvr.of("stable.example.com/v2", "places");
    private static final String TEXT = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: places.stable.example.com}
            spec:
              group: stable.example.com
              scope: Namespaced
              names: {plural: places, singular: place, kind: Place, listKind: PlaceList}
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, properties: {hostPort: {type: string},
                  kept: {type: string, default: as-stored}}}}
              - name: v2
                served: true
                storage: false
                schema: {openAPIV3Schema: {type: object, properties: {host: {type: string}, port: {type: string},
                  kept: {type: string}}}}
            """;
    private final FakeApi api = FakeApi.live();
    private final WebhookClient client = Webhooks.dialling(api);
    private final Definitions definitions = new Definitions(new Schemas());
    private final CustomResourceMetrics metrics = new CustomResourceMetrics(System::nanoTime);
    private final CustomHooks custom = new CustomHooks(definitions,
            new ConversionWebhook(client, UUID::randomUUID, metrics), Rules.ENGINE);
    private HookServer hooks;

    @BeforeEach
    void define() throws Exception {
        hooks = new HookServer();
        define("v1");
    }

    @AfterEach
    void close() {
        client.close();
        hooks.close();
        api.close();
    }

    private void define(String... reviews) {
        Struct conversion = Struct.of("strategy", "Webhook", "webhook", Struct.of("conversionReviewVersions",
                Seq.of((Object[]) reviews), "clientConfig", Struct.of("url",
                        "https://localhost:" + hooks.port() + "/convert", "caBundle", hooks.caBundle())));
        Obj definition = Obj.of(Yaml.document(TEXT.getBytes(StandardCharsets.UTF_8)).object()).with(conversion, "spec",
                "conversion");
        definitions.put(DefinitionStatus.of(definition, List.of(), Instant.EPOCH));
    }

    /// The webhook of upstream's tests.
    private static Struct swapped(Struct object, String to) {
        Struct o = object.with("apiVersion", to);
        if (to.endsWith("/v2")) {
            String[] parts = object.text("hostPort").split(":");
            return o.without("hostPort").with("host", parts[0]).with("port", parts[1]);
        }
        return o.without("host").without("port").with("hostPort", object.text("host") + ":" + object.text("port"));
    }

    private void converting(UnaryOperator<Struct> spoilt) {
        answering(r -> {
            List<Object> all = new ArrayList<>();
            r.seq("objects").structs().forEach(o -> all.add(spoilt.apply(swapped(o, r.text("desiredAPIVersion")))));
            return Struct.of("uid", r.text("uid"), "result", Struct.of("status", "Success"), "convertedObjects",
                    Seq.copyOf(all));
        });
    }

    private void answering(UnaryOperator<Struct> response) {
        hooks.raw("/convert", (exchange, r) -> HookServer.send(exchange, Json.bytes(Struct.of("apiVersion",
                "apiextensions.k8s.io/v1", "kind", "ConversionReview", "response", response.apply(r)))));
    }

    private static Struct place(String name, String hostPort) {
        return Struct.of("apiVersion", V1.apiVersion(), "kind", "Place", "metadata",
                Struct.of("name", name, "namespace", "n", "uid", "u-" + name, "labels", Struct.of("a", "b")),
                "hostPort", hostPort);
    }

    @Test
    void whatIsWrittenInOneVersionIsStoredInTheOther() throws IOException {
        converting(o -> o);
        try (ObjectServer server = new ObjectServer(ObjectServer.PLENTY, new ObjectServer.Serving(definitions.rows(),
                List.of(custom), List.of(), false))) {
            assertThat(server.serve(new HostileRequest("POST", "/apis/stable.example.com/v2/namespaces/n/places",
                    "application/json", Json.bytes(Struct.of("apiVersion", V2.apiVersion(), "kind", "Place",
                            "metadata", Struct.of("name", "x"), "host", "h", "port", "80")))))
                    .isEqualTo("200");
            assertThat(hooks.asked).singleElement()
                    .satisfies(r -> assertThat(r.text("desiredAPIVersion")).isEqualTo(V1.apiVersion()))
                    .satisfies(r -> assertThat(r.text("path")).isEqualTo("/convert?timeout=30s"));
            Key key = new Key("n", "x");
            Struct stored = server.stored(PLACES_V1, key).orElseThrow().tree();
            assertThat(stored.text("hostPort")).isEqualTo("h:80");
            assertThat(stored.has("host")).isFalse();
            assertThat(hooks.asked).hasSize(1);
            Struct shown = server.stored(PLACES_V2, key).orElseThrow().tree();
            assertThat(shown.text("host") + shown.text("port")).isEqualTo("h80");
            assertThat(shown.text("kept")).as("a default of the version it is stored in").isEqualTo("as-stored");
            assertThat(server.serve(new HostileRequest("PATCH", "/apis/stable.example.com/v2/namespaces/n/places/x",
                    "application/merge-patch+json", Json.bytes(Struct.of("port", "81"))))).isEqualTo("200");
            assertThat(server.stored(PLACES_V1, key).orElseThrow().tree().text("hostPort")).isEqualTo("h:81");
        }
    }

    @Test
    void manyTakeOneCallAndThoseOfTheVersionAreNotSent() {
        converting(o -> o);
        Struct there = swapped(place("c", "c:3"), V2.apiVersion());
        List<Struct> all = custom.converted(List.of(place("a", "a:1"), there, place("b", "b:2")), V2);
        assertThat(all).extracting(o -> o.text("host")).containsExactly("a", "c", "b");
        assertThat(hooks.asked).singleElement().satisfies(r -> assertThat(r.seq("objects").size()).isEqualTo(2));
        assertThat(custom.converted(List.of(there), V2)).containsExactly(there);
        assertThat(hooks.asked).hasSize(1);
    }

    @Test
    void onlyLabelsAndAnnotationsOfTheMetadataMayChange() {
        converting(o -> o.withAt("other", "metadata", "labels", "a").withAt("new", "metadata", "annotations", "x")
                .withAt(Seq.of("x/y"), "metadata", "finalizers"));
        Struct metadata = custom.converted(place("a", "a:1"), V2).struct("metadata");
        assertThat(metadata.struct("labels")).isEqualTo(Struct.of("a", "other"));
        assertThat(metadata.struct("annotations")).isEqualTo(Struct.of("x", "new"));
        assertThat(metadata.has("finalizers")).isFalse();
        converting(o -> o.with("metadata", o.struct("metadata").without("labels")));
        assertThat(custom.converted(place("a", "a:1"), V2).struct("metadata").has("labels")).isFalse();
    }

    private void refused(String message) {
        assertThatThrownBy(() -> custom.converted(place("a", "a:1"), V2)).isInstanceOfSatisfying(ApiFault.class, f -> {
            assertThat(f.code()).isEqualTo(500);
            assertThat(f).hasMessage("conversion webhook for stable.example.com/v1, Kind=Place " + message);
        });
    }

    private void spoilt(UnaryOperator<Struct> how, String message) {
        converting(how);
        refused(message);
    }

    @Test
    void anotherObjectThanWasAskedForIsAnError() {
        spoilt(o -> o.withAt("z", "metadata", "name"), "returned invalid object: must have the same name: a != z");
        spoilt(o -> o.withAt("z", "metadata", "namespace"),
                "returned invalid object: must have the same namespace: n != z");
        spoilt(o -> o.withAt("z", "metadata", "uid"), "returned invalid object: must have the same UID: u-a != z");
        spoilt(o -> o.with("kind", "Other"),
                "returned invalid object at index 0: invalid kind (expected Place, received Other)");
        spoilt(o -> o.with("apiVersion", V1.apiVersion()), "returned invalid object at index 0: invalid groupVersion"
                + " (expected stable.example.com/v2, received stable.example.com/v1)");
        spoilt(o -> o.withAt(7L, "metadata", "labels", "a"),
                "returned invalid metadata: metadata.labels[a] must be a string, but is int64 in converted object");
        spoilt(o -> o.withAt("a b", "metadata", "labels", "a"), "returned invalid metadata: metadata.labels: Invalid"
                + " value: \"a b\": a valid label must be an empty string or consist of alphanumeric characters, '-',"
                + " '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',"
                + "  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
    }

    @Test
    void anAnswerThatIsNoneIsAnError() {
        answering(r -> Struct.of("uid", "x"));
        assertThatThrownBy(() -> custom.converted(place("a", "a:1"), V2))
                .hasMessageContaining("failed: expected response.uid=\"").hasMessageContaining("\", got \"x\"");
        answering(r -> Struct.of("uid", r.text("uid"), "result", Struct.of("status", "Failure", "message", "no way")));
        refused("failed: no way");
        answering(r -> Struct.of("uid", r.text("uid"), "result", Struct.of("status", "Odd")));
        refused("failed: response.result.status was 'Odd', not 'Success'");
        answering(r -> Struct.of("uid", r.text("uid"), "result", Struct.of("status", "Success")));
        refused("returned 0 objects, expected 1");
        hooks.raw("/convert", (exchange, r) -> HookServer.send(exchange, Json.bytes(Struct.of("apiVersion",
                "apiextensions.k8s.io/v1beta1", "kind", "ConversionReview"))));
        refused("failed: expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got"
                + " apiextensions.k8s.io/v1beta1, Kind=ConversionReview");
        hooks.raw("/convert", (exchange, r) -> HookServer.send(exchange, Json.bytes(Struct.of("apiVersion",
                "apiextensions.k8s.io/v1", "kind", "ConversionReview"))));
        refused("failed: no response provided");
    }

    @Test
    void anAnswerIsBoundedAndAServerThatIsNotThereToldOf() {
        byte[] large = new byte[10 << 20];
        hooks.raw("/convert", (exchange, r) -> {
            exchange.sendResponseHeaders(200, large.length);
            exchange.getResponseBody().write(large);
            exchange.close();
        });
        refused("failed: the answer is longer than " + ConversionWebhook.MOST_ANSWER_BYTES + " bytes");
        int port = hooks.port();
        hooks.close();
        assertThatThrownBy(() -> custom.converted(place("a", "a:1"), V2))
                .hasMessageStartingWith("conversion webhook for stable.example.com/v1, Kind=Place failed: Post"
                        + " \"https://localhost:" + port + "/convert?timeout=30s\": ");
    }

    @Test
    void callsAreCountedByHowTheyEnd() {
        spoilt(o -> o.with("kind", "Other"),
                "returned invalid object at index 0: invalid kind (expected Place, received Other)");
        answering(r -> Struct.of("uid", r.text("uid"), "result", Struct.of("status", "Success")));
        refused("returned 0 objects, expected 1");
        answering(r -> Struct.of("uid", r.text("uid")));
        refused("failed: response.result.status was '', not 'Success'");
        converting(o -> o);
        custom.converted(place("a", "a:1"), V2);
        hooks.close();
        assertThatThrownBy(() -> custom.converted(place("a", "a:1"), V2)).isInstanceOf(ApiFault.class);
        String one = "apiserver_conversion_webhook_request_total{failure_type=\"%s\",result=\"%s\"} 1\n";
        String failure = "conversion_webhook_%s_failure";
        assertThat(metrics.text()).contains(one.formatted("", "success"),
                one.formatted(failure.formatted("invalid_converted_object"), "failure"),
                one.formatted(failure.formatted("partial_response"), "failure"),
                one.formatted(failure.formatted("malformed_response"), "failure"),
                one.formatted(failure.formatted("call"), "failure"),
                "apiserver_crd_conversion_webhook_duration_seconds_count{crd_name=\"places.stable.example.com\","
                        + "from_version=\"v1\",succeeded=\"false\",to_version=\"v2\"} 4\n");
    }

    @Test
    void theFirstKnownReviewVersionIsSpoken() {
        define("v9", "v1beta1", "v1");
        hooks.raw("/convert", (exchange, r) -> HookServer.send(exchange, Json.bytes(Struct.of("apiVersion",
                "apiextensions.k8s.io/v1beta1", "kind", "ConversionReview", "response", Struct.of("result",
                        Struct.of("status", "Success"), "convertedObjects",
                        Seq.of(swapped(r.seq("objects").struct(0), r.text("desiredAPIVersion"))))))));
        assertThat(custom.converted(place("a", "a:1"), V2).text("host")).as("whose answers need no uid").isEqualTo("a");
    }
}
