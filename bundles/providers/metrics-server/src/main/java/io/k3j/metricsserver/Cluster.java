package io.k3j.metricsserver;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import org.jspecify.annotations.Nullable;

/// Nodes and pods of one API client, by views that cost nothing beside the API server's own memory: nothing is kept
/// decoded. Any thread.
///
/// @param nodes whole
/// @param pods only their metadata
/// @param placed whole pods, looked at when one is new on its node
record Cluster(View nodes, View pods, View placed) implements AutoCloseable {
    private static final Gvr NODES = Gvr.of("v1", "nodes");
    private static final Gvr PODS = Gvr.of("v1", "pods");

    /// @throws ApiFault 503 while the API server is not complete
    static Cluster of(ApiClient api) {
        View nodes = api.view(NODES, Query.ALL);
        @Nullable
        View pods = null;
        try {
            pods = api.metadata(PODS, Query.ALL);
            return new Cluster(nodes, pods, api.view(PODS, Query.ALL));
        } catch (ApiFault e) {
            nodes.close();
            if (pods != null) {
                pods.close();
            }
            throw e;
        }
    }

    /// The uid of a pod on a node; empty when it is not there.
    String uid(Key pod, String node) {
        return placed.get(pod).filter(p -> p.spec().text("nodeName").equals(node)).map(Obj::uid).orElse("");
    }

    @Override
    public void close() {
        nodes.close();
        pods.close();
        placed.close();
    }
}
