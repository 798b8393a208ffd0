package io.k3j.swapitest;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What is asked of an API server, each answer as a tree. What is not answered by 2xx throws. Any thread may use it.
///
/// @param api the administrator's
record Cluster(Api api) {
    private static final String MERGE = "application/merge-patch+json";
    private static final int GOOD = 2;

    /// An answer that is none of 2xx.
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;
        private final int code;

        Refused(String asked, HttpResponse<String> answer) {
            super(asked + ": " + answer.statusCode() + " " + answer.body());
            code = answer.statusCode();
        }

        int code() {
            return code;
        }
    }

    /// What is there.
    Struct get(String path) throws IOException, InterruptedException {
        return tree("GET " + path, api.get(path, Api.JSON));
    }

    /// The objects of a list.
    List<Struct> list(String path) throws IOException, InterruptedException {
        return get(path).seq("items").structs();
    }

    /// Creates, or does what the path says.
    Struct post(String path, String body) throws IOException, InterruptedException {
        return sent("POST", path, Api.JSON, body);
    }

    /// Merges.
    Struct patch(String path, String change) throws IOException, InterruptedException {
        return sent("PATCH", path, MERGE, change);
    }

    /// Deletes at once.
    void delete(String path) throws IOException, InterruptedException {
        sent("DELETE", path, Api.JSON,
                "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",\"gracePeriodSeconds\":0}");
    }

    /// The events of a list since a revision, as far as they come within a second.
    List<Struct> events(String path, long revision) throws IOException, InterruptedException {
        HttpResponse<String> answer = api
                .get(path + "?watch=true&timeoutSeconds=1&resourceVersion=" + revision, Api.JSON);
        if (answer.statusCode() / 100 != GOOD) {
            throw new Refused("WATCH " + path, answer);
        }
        return answer.body().lines().map(line -> Json.object(line.getBytes(StandardCharsets.UTF_8))).toList();
    }

    private Struct sent(String method, String path, String type, String body)
            throws IOException, InterruptedException {
        return tree(method + " " + path, api.send(method, path, type, body.getBytes(StandardCharsets.UTF_8)));
    }

    private static Struct tree(String asked, HttpResponse<String> answer) throws Refused {
        if (answer.statusCode() / 100 != GOOD) {
            throw new Refused(asked, answer);
        }
        return Json.object(answer.body().getBytes(StandardCharsets.UTF_8));
    }
}
