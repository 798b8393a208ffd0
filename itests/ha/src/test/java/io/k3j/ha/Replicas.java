package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// A Deployment whose pods fit no node and cannot vanish: only controllers work on it, and there are as many pods as
/// they have ever made, so that what two of them have done at once stays to be seen.
final class Replicas {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int OK = 200;
    private static final List<Integer> THERE = List.of(201, 409);
    private static final String APPS = "/apis/apps/v1/namespaces/default/";
    private static final String DEPLOYMENTS = APPS + "deployments";
    private static final String JSON = "application/json";
    private static final String MANIFEST = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"NAME"},"spec":{"replicas":COUNT,
             "selector":{"matchLabels":{"app":"NAME"}},"template":{
              "metadata":{"labels":{"app":"NAME"},"finalizers":["k3j.io/counted"]},
              "spec":{"nodeSelector":{"where":"nowhere"},"containers":[{"name":"c","image":"k3j.io/busybox:1"}]}}}}
            """;
    private final String name;
    private int wanted;

    private Replicas(String name, int wanted) {
        this.name = name;
        this.wanted = wanted;
    }

    /// Makes one through a server, as soon as that takes a write.
    static Replicas on(Api api, String name, int count) throws IOException, InterruptedException {
        byte[] body = bytes(MANIFEST.replace("NAME", name).replace("COUNT", Integer.toString(count)));
        Waiting.until("Deployment " + name, LIMIT, () -> THERE.contains(status(api, "POST", DEPLOYMENTS, JSON, body)),
                () -> "see the servers");
        return new Replicas(name, count);
    }

    /// Wishes for some more through this server and waits for them.
    void more(Api api) throws IOException, InterruptedException {
        wanted += 3;
        byte[] patch = bytes("{\"spec\":{\"replicas\":" + wanted + "}}");
        Waiting.until("accepted wish", LIMIT,
                () -> status(api, "PATCH", DEPLOYMENTS + "/" + name, "application/merge-patch+json", patch) == OK,
                () -> "see the servers");
        made(api);
        once(api);
    }

    /// Waits until every pod has been made.
    void made(Api api) throws IOException, InterruptedException {
        Waiting.until(wanted + " pods of " + name, LIMIT, () -> pods(api).size() >= wanted,
                () -> "see the controllers");
    }

    /// There are as many as were wished for, of one ReplicaSet, and never were more.
    void once(Api api) throws IOException, InterruptedException {
        assertThat(list(api, APPS + "replicasets")).as("ReplicaSets").hasSize(1);
        List<Struct> pods = pods(api);
        assertThat(pods).as("pods ever made").hasSize(wanted);
        assertThat(pods).allMatch(pod -> pod.struct("metadata").text("deletionTimestamp").isEmpty());
    }

    private List<Struct> pods(Api api) throws IOException, InterruptedException {
        return list(api, "/api/v1/namespaces/default/pods");
    }

    private List<Struct> list(Api api, String path) throws IOException, InterruptedException {
        try {
            HttpResponse<String> answer = api.get(path + "?labelSelector=app%3D" + name, JSON);
            return answer.statusCode() == OK ? Json.object(bytes(answer.body())).seq("items").structs() : List.of();
        } catch (IOException unanswered) {
            return List.of();
        }
    }

    /// Zero when there is no answer.
    private static int status(Api api, String method, String path, String type, byte[] body)
            throws InterruptedException {
        try {
            return api.send(method, path, type, body).statusCode();
        } catch (IOException unanswered) {
            return 0;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
