package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.testkitmachine.Api;
import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// A Deployment whose pods run nowhere and cannot vanish: there are as many as controllers have ever made, so that what
/// two of them have done at once stays to be seen.
final class Counted {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int CREATED = 201;
    private static final int OK = 200;
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    private static final String PODS = "/api/v1/namespaces/default/pods?labelSelector=app%3Dcounted";
    private static final String MANIFEST = """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"counted"},"spec":{"replicas":0,
             "selector":{"matchLabels":{"app":"counted"}},"template":{
              "metadata":{"labels":{"app":"counted"},"finalizers":["k3j.io/counted"]},
              "spec":{"nodeSelector":{"where":"nowhere"},"containers":[{"name":"c","image":"k3j.io/busybox:1"}]}}}}
            """;
    private int wanted;

    /// One without pods.
    static Counted on(Api api) throws IOException, InterruptedException {
        HttpResponse<String> answer = api.send("POST", DEPLOYMENTS, "application/json", bytes(MANIFEST));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(CREATED);
        return new Counted();
    }

    /// Wishes for some more through this server and waits for them.
    void more(Api api) throws IOException, InterruptedException {
        wanted += 3;
        String patch = "{\"spec\":{\"replicas\":" + wanted + "}}";
        Waiting.until("accepted wish", LIMIT, () -> {
            try {
                return api.send("PATCH", DEPLOYMENTS + "/counted", "application/merge-patch+json", bytes(patch))
                        .statusCode() == OK;
            } catch (IOException unanswered) {
                return false;
            }
        }, () -> "see the servers");
        Waiting.until(wanted + " pods", LIMIT, () -> pods(api).size() >= wanted, () -> "see the controllers");
        exact(api);
    }

    /// There are as many as were wished for, and never were more.
    void exact(Api api) throws IOException, InterruptedException {
        List<Struct> pods = pods(api);
        assertThat(pods).as("pods ever made").hasSize(wanted);
        assertThat(pods).allMatch(pod -> pod.struct("metadata").text("deletionTimestamp").isEmpty());
    }

    private static List<Struct> pods(Api api) throws IOException, InterruptedException {
        try {
            HttpResponse<String> answer = api.get(PODS, "application/json");
            return answer.statusCode() == OK ? Json.object(bytes(answer.body())).seq("items").structs() : List.of();
        } catch (IOException unanswered) {
            return List.of();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
