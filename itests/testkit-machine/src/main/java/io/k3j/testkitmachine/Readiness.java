package io.k3j.testkitmachine;

import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/// What a server that starts says of itself over one connection. One thread uses it.
final class Readiness implements AutoCloseable {
    private static final int OK = 200;
    /// What kubectl prints, and nothing of the objects themselves.
    private static final String ROWS = "application/json;as=Table;v=v1;g=meta.k8s.io";
    private static final String NODES = "/api/v1/nodes?includeObject=None";
    private static final String NAMESPACE = "/api/v1/namespaces/default";
    private static final String ACCOUNT = "/api/v1/namespaces/default/serviceaccounts/default";

    private final Door door;
    private @Nullable Api api;

    /// The way to a server.
    interface Door {
        /// Reads its kubeconfig and makes a client of it.
        /// @throws IOException when there is none yet
        Api open() throws IOException;
    }

    Readiness(Door door) {
        this.door = door;
    }

    /// Whether the administrator may read the namespace every cluster begins with.
    /// @throws IOException when the API is not served, or its kubeconfig not written yet
    boolean api() throws IOException, InterruptedException {
        return get(NAMESPACE, Api.JSON).statusCode() == OK;
    }

    /// Whether a node is Ready, and no more than that: `Ready,SchedulingDisabled` is not.
    /// @throws IOException when it is not served, or its kubeconfig not written yet
    boolean node() throws IOException, InterruptedException {
        HttpResponse<String> rows = get(NODES, ROWS);
        return rows.statusCode() == OK && rows.body().contains("\"Ready\"");
    }

    /// Whether there is a default service account.
    /// @throws IOException when it is not served
    boolean account() throws IOException, InterruptedException {
        return get(ACCOUNT, Api.JSON).statusCode() == OK;
    }

    /// A kubeconfig of a start before is written anew: what it does not open is asked with a new one next time.
    private HttpResponse<String> get(String path, String accept) throws IOException, InterruptedException {
        Api asked = api == null ? door.open() : api;
        api = asked;
        try {
            HttpResponse<String> answer = asked.get(path, accept);
            if (answer.statusCode() != OK) {
                close();
            }
            return answer;
        } catch (IOException refused) {
            close();
            throw refused;
        }
    }

    @Override
    public void close() {
        if (api != null) {
            api.close();
            api = null;
        }
    }
}
