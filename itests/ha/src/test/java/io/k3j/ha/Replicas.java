package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitmachine.Api;
import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// A Deployment whose pods fit no node: only controllers work on it.
///
/// @param after the revision before it was made
record Replicas(Api api, String name, int count, String after) {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String APPS = "/apis/apps/v1/namespaces/default/";
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final String JSON = "application/json";
    private static final String DEPLOYMENT = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME"},"spec":{"replicas":COUNT,\
            "selector":{"matchLabels":{"app":"NAME"}},"template":{"metadata":{"labels":{"app":"NAME"}},"spec":{\
            "nodeSelector":{"nowhere":"yes"},"containers":[{"name":"a","image":"k3j.io/busybox:1"}]}}}}""";

    /// Makes one through a server, as soon as that takes a write.
    static Replicas of(Api api, String name, int count) throws IOException, InterruptedException {
        String after = struct(api.get(PODS + "?limit=1", JSON)).struct("metadata").text("resourceVersion");
        byte[] body = DEPLOYMENT.replace("NAME", name).replace("COUNT", Integer.toString(count))
                .getBytes(StandardCharsets.UTF_8);
        Waiting.until("Deployment " + name, LIMIT,
                () -> List.of(201, 409).contains(api.send("POST", APPS + "deployments", JSON, body).statusCode()),
                () -> "");
        return new Replicas(api, name, count, after);
    }

    /// Waits until every pod has been made.
    void made() throws IOException, InterruptedException {
        Waiting.until(count + " pods of " + name, LIMIT, () -> pods() >= count, () -> "");
    }

    private int pods() throws IOException, InterruptedException {
        return list(PODS).size();
    }

    private Seq list(String path) throws IOException, InterruptedException {
        return struct(api.get(path + "?labelSelector=app%3D" + name, JSON)).seq("items");
    }

    private static Struct struct(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer::body).isEqualTo(200);
        return Json.object(answer.body().getBytes(StandardCharsets.UTF_8));
    }

    /// From the beginning on each was made once, by one ReplicaSet, and none was taken back.
    void madeOnce() throws IOException, InterruptedException {
        assertThat(list(APPS + "replicasets").size()).isEqualTo(1);
        assertThat(pods()).isEqualTo(count);
        HttpRequest all = HttpRequest.newBuilder(api.at(PODS + "?watch=1&timeoutSeconds=2&labelSelector=app%3D" + name
                + "&resourceVersion=" + after)).build();
        List<String> types = api.client().send(all, HttpResponse.BodyHandlers.ofString()).body().lines()
                .map(line -> Json.object(line.getBytes(StandardCharsets.UTF_8)).text("type")).toList();
        assertThat(types.stream().filter("ADDED"::equals)).as(types::toString).hasSize(count);
        assertThat(types).doesNotContain("DELETED", "ERROR");
    }
}
