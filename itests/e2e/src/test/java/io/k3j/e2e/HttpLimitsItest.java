package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Bodies no server should take, and media types it does not know, get upstream's status codes.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@NeedsMachine
class HttpLimitsItest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String JSON = "application/json";
    private static final int MEBI = 1 << 20;

    private Machine machine;
    private Api api;

    @BeforeAll
    void start() throws IOException, InterruptedException {
        machine = Machine.on();
        Server server = Server.start(machine, "--disable-agent").served();
        server.await("ready API", "kubectl get --raw /readyz", "ok");
        server.await("namespace", "kubectl get namespace default --no-headers", "Active");
        api = machine.api();
    }

    @AfterAll
    void stop() {
        if (machine != null) {
            machine.close();
        }
    }

    @Test
    void bodyBeyond3MebibytesIsTooLarge() throws IOException, InterruptedException {
        HttpResponse<String> answer = post(JSON, map("big", "x".repeat(3 * MEBI)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
        assertThat(answer.body()).contains("\"reason\":\"RequestEntityTooLarge\"").contains("limit is 3145728");
    }

    @Test
    void bodyBelowTheLimitMayBeTooLongForItsField() throws IOException, InterruptedException {
        HttpResponse<String> answer = post(JSON, map("big", "x".repeat(2 * MEBI)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
        assertThat(answer.body()).contains("Too long");
    }

    @Test
    void deepJsonIsBad() throws IOException, InterruptedException {
        HttpResponse<String> answer = post(JSON, "{\"a\":".repeat(20_000) + "1" + "}".repeat(20_000));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains("\"kind\":\"Status\"");
    }

    @Test
    void yamlOfManyAliasesIsBad() throws IOException, InterruptedException {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 10; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [")
                    .append(("*a" + (i - 1) + ",").repeat(9)).append("*a").append(i - 1).append("]\n");
        }
        HttpResponse<String> answer = post("application/yaml",
                bomb + "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\n");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({"text/plain, 415", "application/xml, 415", "nonsense, 415"})
    void unknownTypeOfABody(String type, int code) throws IOException, InterruptedException {
        HttpResponse<String> answer = post(type, map("a", "b"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(code);
        assertThat(answer.body())
                .contains("the body of the request was in an unknown format - accepted media types include");
    }

    @Test
    void unknownTypeOfAPatch() throws IOException, InterruptedException {
        HttpResponse<String> answer = api.send("PATCH", MAPS + "/kube-root-ca.crt", JSON, new byte[0]);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(415);
        assertThat(answer.body()).contains("application/json-patch+json");
    }

    @Test
    void unknownTypeOfAnAnswer() throws IOException, InterruptedException {
        HttpResponse<String> answer = api.get(MAPS, "application/xml");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(406);
        assertThat(answer.body()).contains("only the following media types are accepted");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"{ | 400", "[] | 400", "{\"kind\":\"ConfigMap\"} | 422",
            "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"a\"}} | 400",
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":7}} | 400",
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"namespace\":\"other\"}} | 400",
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"A_\"}} | 422"})
    void wrongBody(String body, int code) throws IOException, InterruptedException {
        HttpResponse<String> answer = post(JSON, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(code);
        assertThat(answer.body()).contains("\"kind\":\"Status\"");
    }

    private HttpResponse<String> post(String type, String body) throws IOException, InterruptedException {
        return api.send("POST", MAPS, type, body.getBytes(StandardCharsets.UTF_8));
    }

    private static String map(String name, String value) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\"},\"data\":{\"a\":\""
                + value + "\"}}";
    }
}
