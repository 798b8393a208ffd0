package io.k3j.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.apiserverapi.AggregatedApis.Question;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What components of this process ask another server.
class QuestionsTest {
    private static final Gvr THINGS = Gvr.of("things.example.com/v1", "things");
    private Stage stage;

    @BeforeEach
    void begin(@TempDir Path tls) throws Exception {
        stage = new Stage(tls).available();
    }

    @AfterEach
    void end() throws Exception {
        stage.close();
    }

    private Struct asked(Gvr resource, Key key, String subresource, Struct parameters) {
        return stage.parts.table.ask(new Question(Stage.JANE, resource, key, subresource, parameters));
    }

    private Struct asked() {
        return asked(THINGS, new Key("", ""), "", Struct.EMPTY);
    }

    @Test
    void theServerIsAskedForWhoeverAsks() {
        stage.backend.json("{\"kind\":\"List\",\"items\":[{\"value\":\"5\"}]}");
        assertThat(asked(THINGS, new Key("default", "*"), "per_second", Struct.of("labelSelector", "a=b,c in (d, e)"))
                .seq("items").structs()).containsExactly(Struct.of("value", "5"));
        assertThat(stage.backend.heads).singleElement().asString()
                .startsWith("GET /apis/things.example.com/v1/namespaces/default/things/*/per_second"
                        + "?labelSelector=a%3Db%2Cc%20in%20%28d%2C%20e%29 HTTP/1.1\r\nHost: api.default.svc\r\n")
                .contains("X-Remote-User: jane\r\n", "X-Remote-Group: devs\r\n", "Accept: application/json\r\n");
    }

    @Test
    void theServerIsToldToDelete() {
        stage.backend.json("{\"kind\":\"Status\",\"status\":\"Success\"}");
        stage.parts.table.delete(new Question(Stage.JANE, THINGS, new Key("default", "a"), "", Struct.EMPTY),
                Struct.of("kind", "DeleteOptions"));
        assertThat(stage.backend.heads).singleElement().asString()
                .startsWith("DELETE /apis/things.example.com/v1/namespaces/default/things/a HTTP/1.1\r\n")
                .contains("X-Remote-User: jane\r\n", "Content-Type: application/json\r\n", "Content-Length: 24\r\n");
    }

    @Test
    void whatItRefusesIsToldInItsWords() {
        String status = "{\"kind\":\"Status\",\"reason\":\"NotFound\",\"message\":\"no metric\",\"code\":404}";
        stage.backend.says("HTTP/1.1 404 Not Found\r\nContent-Length: " + status.length() + "\r\n\r\n" + status);
        assertThatExceptionOfType(ApiFault.class).isThrownBy(this::asked).withMessage("no metric")
                .satisfies(f -> assertThat(f.code()).isEqualTo(404))
                .satisfies(f -> assertThat(f.reason()).isEqualTo("NotFound"));
    }

    @ParameterizedTest
    @CsvSource({"HTTP/1.1 200 OK,<html>", "HTTP/1.1 302 Found,{}", "HTTP/1.1 500 Error,oops", "HTTP/1.1 200 OK,{}"})
    void whatIsNoAnswerIsUnavailable(String line, String body) {
        stage.backend.says(line + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        assertThatExceptionOfType(ApiFault.class).isThrownBy(this::asked)
                .withMessageStartingWith("error trying to reach service: it answered with status ")
                .satisfies(f -> assertThat(f.code()).isEqualTo(503));
    }

    @Test
    void anAnswerThatBreaksOffIsUnavailable() {
        stage.backend.says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"kind\":");
        assertThatExceptionOfType(ApiFault.class).isThrownBy(this::asked)
                .satisfies(f -> assertThat(f.code()).isEqualTo(503));
    }

    @ParameterizedTest
    @CsvSource({"a/../b", "..", "a%2fb", "''", "a/b"})
    void aNameThatIsNoSegmentLeadsNowhere(String name) {
        assertThatExceptionOfType(ApiFault.class)
                .isThrownBy(() -> asked(Gvr.of("things.example.com/v1", name), new Key("", ""), "", Struct.EMPTY))
                .satisfies(f -> assertThat(f.code()).isEqualTo(400));
        assertThat(stage.backend.heads).isEmpty();
    }

    @Test
    void oneThatIsNotAvailableIsNotAsked() {
        assertThatExceptionOfType(ApiFault.class)
                .isThrownBy(() -> asked(Gvr.of("things.example.com/v2", "things"), new Key("", ""), "", Struct.EMPTY))
                .satisfies(f -> assertThat(f.code()).isEqualTo(503));
    }
}
