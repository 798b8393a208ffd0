package io.k3j.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a writer says the object must be: its version, its uid.
class PreconditionsTest {
    private static final String MAPS = "/api/v1/namespaces/a/configmaps";
    private final TestServer server = new TestServer();

    @AfterEach
    void close() {
        server.close();
    }

    private Struct call(String method, String path, String body, int status) throws IOException {
        TestExchange x = server.call(method, path, body);
        assertThat(x.status()).as(x.text()).isEqualTo(status);
        return Json.object(x.bytes());
    }

    private Struct stored() throws IOException {
        return call("POST", MAPS, "{\"metadata\":{\"name\":\"one\"}}", 201).struct("metadata");
    }

    private Struct deleted(String field, String value, int status) throws IOException {
        return call("DELETE", MAPS + "/one", "{\"preconditions\":{\"" + field + "\":" + value + "}}", status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "", "0", "-1", "1000", "18446744073709551615"})
    void aDeletionNamesTheVersionThatTheObjectShows(String other) throws IOException {
        String version = stored().text("resourceVersion");
        Struct refusal = deleted("resourceVersion", "\"" + other + "\"", 409);
        assertThat(refusal.text("message")).isEqualTo("Operation cannot be fulfilled on ConfigMap \"one\": the"
                + " ResourceVersion in the precondition (" + other + ") does not match the ResourceVersion in record ("
                + version + "). The object might have been modified");
        assertThat(refusal.struct("details")).isEqualTo(Struct.of("name", "one", "kind", "ConfigMap"));
        deleted("resourceVersion", "\"0" + version + "\"", 409);
        deleted("resourceVersion", "\"" + version + "\"", 200);
    }

    /// An empty one is a pointer to an empty text to upstream, which is the uid of no object.
    @ParameterizedTest
    @ValueSource(strings = {"another", ""})
    void aDeletionNamesTheUidOfTheObject(String other) throws IOException {
        String uid = stored().text("uid");
        assertThat(deleted("uid", "\"" + other + "\"", 409).text("message")).isEqualTo("Operation cannot be fulfilled"
                + " on ConfigMap \"one\": the UID in the precondition (" + other + ") does not match the UID in"
                + " record (" + uid + "). The object might have been deleted and then recreated");
        deleted("uid", "\"" + uid + "\"", 200);
    }

    @Test
    void aCollectionIsKeptFromOneWhoMeansNoObject() throws IOException {
        stored();
        for (String field : List.of("uid", "resourceVersion")) {
            call("DELETE", MAPS, "{\"preconditions\":{\"" + field + "\":\"\"}}", 409);
        }
        call("DELETE", MAPS, "{\"preconditions\":{\"uid\":null}}", 200);
    }

    /// Upstream's `Convert_url_Values_To_v1_DeleteOptions`, where there is no body.
    @Test
    void aQueryNamesTheObjectAsWell() throws IOException {
        Struct metadata = stored();
        String version = metadata.text("resourceVersion");
        call("DELETE", MAPS + "/one?uid=another", "", 409);
        call("DELETE", MAPS + "/one?resourceVersion=0" + version, "", 409);
        call("DELETE", MAPS + "?uid=another", "", 409);
        call("DELETE", MAPS + "/one?uid=another", "{\"preconditions\":{\"uid\":\"other\"}}", 409);
        call("DELETE", MAPS + "/one?uid=" + metadata.text("uid") + "&resourceVersion=" + version, "", 200);
        stored();
        call("DELETE", MAPS + "/one?uid=&resourceVersion=", "", 200);
        stored();
        call("DELETE", MAPS + "/one?uid=another", "{\"gracePeriodSeconds\":0}", 200);
    }

    @Test
    void aPreconditionOfAnotherTypeIsRefusedAndNullIsNone() throws IOException {
        stored();
        deleted("resourceVersion", "1", 400);
        deleted("uid", "{}", 400);
        deleted("resourceVersion", "null", 200);
    }

    @ParameterizedTest
    @CsvSource({"abc,invalid syntax", "-1,invalid syntax", "+1,invalid syntax",
            "99999999999999999999,value out of range"})
    void aVersionThatIsNoNumberIsNoneOfAnUpdate(String version, String why) throws IOException {
        stored();
        String body = "{\"metadata\":{\"name\":\"one\",\"resourceVersion\":\"" + version + "\"}}";
        String message = "strconv.ParseUint: parsing \"" + version + "\": " + why;
        Struct refusal = call("PUT", MAPS + "/one", body, 500);
        assertThat(refusal.text("message")).isEqualTo(message);
        assertThat(refusal.has("reason")).isFalse();
        TestExchange patch = server.serve(new TestExchange("PATCH", MAPS + "/one",
                body.getBytes(StandardCharsets.UTF_8)).with("content-type", "application/merge-patch+json"));
        assertThat(patch.status()).isEqualTo(500);
        assertThat(Json.object(patch.bytes()).text("message")).isEqualTo(message);
    }

    @Test
    void anUpdateNamesTheNumberOfTheVersion() throws IOException {
        String version = stored().text("resourceVersion");
        String body = "{\"metadata\":{\"name\":\"one\",\"resourceVersion\":\"%s\"}}";
        call("PUT", MAPS + "/one", body.formatted("18446744073709551615"), 409);
        call("PUT", MAPS + "/one", body.formatted("00" + version), 200);
        call("PUT", MAPS + "/one", body.formatted("00"), 200);
    }

    @Test
    void whereAVersionIsRequiredZeroIsNone() throws IOException {
        String leases = "/apis/coordination.k8s.io/v1/namespaces/a/leases/one";
        String body = "{\"metadata\":{\"name\":\"one\",\"resourceVersion\":\"%s\"}}";
        call("PUT", leases, body.formatted("abc"), 500);
        String version = call("PUT", leases, body.formatted("0"), 201).struct("metadata").text("resourceVersion");
        assertThat(call("PUT", leases, body.formatted("0"), 422).text("message")).contains("must be specified");
        call("PUT", leases, body.formatted("abc"), 500);
        call("PUT", leases, body.formatted(version), 200);
    }

    @Test
    void whatIsNewNamesNoVersionByWhatIsNoNumber() throws IOException {
        call("POST", MAPS, "{\"metadata\":{\"name\":\"one\",\"resourceVersion\":\"+7\"}}", 201);
        call("POST", MAPS, "{\"metadata\":{\"name\":\"two\",\"resourceVersion\":\"7\"}}", 500);
    }
}
