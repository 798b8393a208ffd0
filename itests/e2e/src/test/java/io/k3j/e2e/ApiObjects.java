package io.k3j.e2e;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Objects of a server, by their paths.
record ApiObjects(Api api) {
    private static final int NOT_FOUND = 404;
    private static final int REFUSED = 300;

    Optional<Struct> find(String path) throws IOException, InterruptedException {
        HttpResponse<String> answer = api.get(path, Api.JSON);
        return answer.statusCode() == NOT_FOUND ? Optional.empty() : Optional.of(body(path, answer));
    }

    Struct get(String path) throws IOException, InterruptedException {
        return body(path, api.get(path, Api.JSON));
    }

    /// @param path of the collection
    void create(String path, Struct object) throws IOException, InterruptedException {
        body(path, api.send("POST", path, Api.JSON, Json.bytes(object)));
    }

    /// @param change as a merge patch
    void patch(String path, Struct change) throws IOException, InterruptedException {
        body(path, api.send("PATCH", path, "application/merge-patch+json", Json.bytes(change)));
    }

    void delete(String path) throws IOException, InterruptedException {
        body(path, api.send("DELETE", path, Api.JSON, new byte[0]));
    }

    private static Struct body(String path, HttpResponse<String> answer) {
        if (answer.statusCode() >= REFUSED) {
            throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
        }
        return Json.object(answer.body().getBytes(StandardCharsets.UTF_8));
    }
}
