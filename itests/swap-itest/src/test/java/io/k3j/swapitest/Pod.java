package io.k3j.swapitest;

import io.k3j.testkitmachine.Api;
import io.k3j.testkitmachine.Server;
import java.io.IOException;

/// A pod that must not notice anything: what its status says of containers, addresses and conditions never changes.
final class Pod {
    private static final String PATH = "/api/v1/namespaces/default/pods";
    private static final String OBJECT = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"stays"},"spec":{"containers":[{"name":"a",\
            "image":"k3j.io/busybox:1","command":["sleep","3600"],\
            "readinessProbe":{"exec":{"command":["true"]},"periodSeconds":2}}]}}""";

    private final Api api;

    private Pod(Api api) {
        this.api = api;
    }

    /// Makes it and waits until it is ready.
    static Pod running(Api api, Server server) throws IOException, InterruptedException {
        api.send("POST", PATH, "application/json", OBJECT.getBytes());
        server.await("ready pod", "kubectl get pod stays --no-headers", "1/1");
        return new Pod(api);
    }

    /// Its status as it is now.
    String status() throws IOException, InterruptedException {
        String body = api.get(PATH + "/stays", "application/json").body();
        int from = body.indexOf("\"status\":{");
        return from < 0 ? body : body.substring(from);
    }
}
