package io.k3j.swapitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;

/// A pod that must not notice anything: what its status says of containers, addresses and conditions never changes.
final class Pod {
    private static final String PATH = "/api/v1/namespaces/default/pods";
    private static final String OBJECT = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"stays"},"spec":{"containers":[{"name":"a",\
            "image":"k3j.io/busybox:1","command":["sleep","3600"],\
            "readinessProbe":{"exec":{"command":["true"]},"periodSeconds":2,"timeoutSeconds":60}}]}}""";

    private static final Duration LIMIT = Duration.ofSeconds(300);

    private final Api api;

    private Pod(Api api) {
        this.api = api;
    }

    /// Makes it and waits until it is ready.
    static Pod running(Api api, Server server) throws IOException, InterruptedException {
        HttpResponse<String> created = api.send("POST", PATH, "application/json", OBJECT.getBytes());
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
        Pod pod = new Pod(api);
        Waiting.until("ready pod", LIMIT, () -> pod.status().contains("\"ready\":true"), () -> pod.story(server));
        return pod;
    }

    private String story(Server server) {
        try {
            return status() + "\n" + api.get("/api/v1/namespaces/default/events", "application/json").body() + "\n"
                    + server.story();
        } catch (IOException e) {
            return e + "\n" + server.story();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return server.story();
        }
    }

    /// Its status as it is now.
    String status() throws IOException, InterruptedException {
        String body = api.get(PATH + "/stays", "application/json").body();
        int from = body.indexOf("\"status\":{");
        return from < 0 ? body : body.substring(from);
    }
}
