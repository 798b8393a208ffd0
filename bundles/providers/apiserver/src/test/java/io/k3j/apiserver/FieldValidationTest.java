package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is wrong with a patch, and with what it makes of an object, as upstream's `field_validation_test.go` has it.
class FieldValidationTest {
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    private static final String NGINX = """
            {"spec":{"unknown1":"val1","unknownDupe":"valDupe","unknownDupe":"valDupe2","paused":true,"paused":false,
            "template":{"spec":{"containers":[{"name":"nginx","image":"nginx:latest","unknownNested":"val1",
            "imagePullPolicy":"Always","imagePullPolicy":"Never"}]}}}}""";
    private static final List<String> TWICE = List.of("duplicate field \"spec.unknownDupe\"",
            "duplicate field \"spec.paused\"", "duplicate field \"spec.template.spec.containers[0].imagePullPolicy\"");
    private static final List<String> UNKNOWN = List
            .of("unknown field \"spec.template.spec.containers[0].unknownNested\"", "unknown field \"spec.unknown1\"");
    private final TestServer server = new TestServer();

    @BeforeEach
    void create() throws IOException {
        assertThat(server.call("POST", DEPLOYMENTS, """
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"selector":{"matchLabels":
                {"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"nginx","image":
                "nginx"}]}}}}""").status()).isEqualTo(201);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private TestExchange patch(String type, String validation, String body) throws IOException {
        return server.serve(new TestExchange("PATCH", DEPLOYMENTS + "/d?fieldValidation=" + validation,
                body.getBytes(StandardCharsets.UTF_8)).with("content-type", "application/" + type + "-patch+json"));
    }

    private static String message(TestExchange x) {
        Struct answer = Json.object(x.bytes());
        return x.status() + " " + answer.text("reason") + " " + answer.text("message");
    }

    private static List<String> all(String last) {
        return Stream.of(TWICE, UNKNOWN, List.of(last)).flatMap(List::stream).toList();
    }

    @Test
    void strictnessRefusesWhatIsTwiceOrUnknown() throws IOException {
        String all = String.join(", ", all("unknown field \"spec.unknownDupe\""));
        assertThat(message(patch("merge", "Strict", NGINX)))
                .startsWith("422 Invalid  \"\" is invalid: patch: Invalid value: \"{\\\"apiVersion\\\":\\\"apps/v1\\\"")
                .endsWith(": strict decoding error: " + all);
        assertThat(message(patch("strategic-merge", "Strict", NGINX)))
                .startsWith("422 Invalid  \"\" is invalid: patch: Invalid value: \"map[spec:map[paused:false template:")
                .endsWith(": strict decoding error: " + all);
        assertThat(message(patch("json", "Strict", """
                [{"op":"add","path":"/spec/unknown1","value":"val1","foo":"bar"},
                {"op":"add","path":"/spec/unknown2","path":"/spec/unknown3","value":"val1"}]""")))
                .endsWith(": strict decoding error: json patch unknown field \"[0].foo\", json patch duplicate field"
                        + " \"[1].path\", unknown field \"spec.unknown1\", unknown field \"spec.unknown3\"");
    }

    @Test
    void withoutStrictnessTheyAreToldOrNot() throws IOException {
        for (String type : List.of("merge", "strategic-merge")) {
            TestExchange warned = patch(type, "Warn", NGINX);
            assertThat(warned.status()).isEqualTo(200);
            for (String one : all("unknown field \"spec.unknownDupe\"")) {
                assertThat(warned.answered("warning")).contains(one.replace("\"", "\\\""));
            }
            assertThat(patch(type, "Ignore", NGINX).answered("warning")).isEmpty();
        }
    }

    @Test
    void aValueOfAnotherTypeIsNoBadRequest() throws IOException {
        String replicas = "{\"spec\":{\"replicas\":\"many\"}}";
        assertThat(message(patch("merge", "", replicas))).startsWith("422 Invalid  \"\" is invalid: patch: ")
                .endsWith(
                        "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32");
        assertThat(message(patch("strategic-merge", "", replicas))).isEqualTo("422 Invalid  \"\" is invalid: patch:"
                + " Invalid value: \"map[spec:map[replicas:many]]\": unrecognized type: int32");
        assertThat(message(patch("strategic-merge", "", "{\"metadata\":{\"labels\":{\"a\":1}}}")))
                .endsWith("\"map[metadata:map[labels:map[a:1]]]\": cannot convert int64 to string");
    }

    /// However long a patch, or the object that it makes, is.
    @Test
    void theReasonIsToldOfALongPatch() throws IOException {
        String body = "{\"metadata\":{\"annotations\":{\"a\":\"" + "x".repeat(10_000)
                + "\"}},\"spec\":{\"pauzed\":true}}";
        for (String type : List.of("merge", "strategic-merge")) {
            assertThat(message(patch(type, "Strict", body)))
                    .endsWith(": strict decoding error: unknown field \"spec.pauzed\"");
        }
        String more = IntStream.range(0, 1000).mapToObj(i -> ",\"" + "x".repeat(1000) + i + "\":1")
                .collect(Collectors.joining());
        assertThat(message(patch("json", "Strict", "[{\"op\":\"add\",\"path\":\"/spec/paused\",\"value\":true"
                + more + "}]"))).contains(": strict decoding error: json patch unknown field \"[0].xxx")
                .hasSizeLessThan(10_000);
    }

    @Test
    void whatCannotBeMergedHasItsCode() throws IOException {
        assertThat(message(patch("strategic-merge", "", """
                {"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}}""")))
                .isEqualTo("500  map: map[image:x] does not contain declared merge key: name");
        assertThat(message(patch("json", "", "[{\"op\":\"test\",\"path\":\"/spec/replicas\",\"value\":7}]")))
                .isEqualTo("422 Invalid the server rejected our request due to an error in our request");
        String test = "{\"op\":\"test\",\"path\":\"/kind\",\"value\":\"Deployment\"}";
        assertThat(message(patch("json", "", "[" + (test + ",").repeat(10_000) + test + "]"))).isEqualTo(
                "413 RequestEntityTooLarge Request entity too large: The allowed maximum operations in a JSON patch is"
                        + " 10000, got 10001");
    }
}
