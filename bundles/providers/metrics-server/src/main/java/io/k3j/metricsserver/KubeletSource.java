package io.k3j.metricsserver;

import io.k3j.kubeletclient.KubeletClient;
import io.k3j.kubeletclient.KubeletRequest;
import io.k3j.model.Obj;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Asks one kubelet for its figures.
///
/// @param client as this component
record KubeletSource(KubeletClient client) implements Source {
    /// Who this is to kubelets.
    static final String USER = "system:serviceaccount:kube-system:metrics-server";
    /// How long one node may take.
    static final Duration LIMIT = Duration.ofSeconds(10);
    /// Some 5 000 containers; see [ResourceText#MOST_CONTAINERS].
    private static final int MOST_BYTES = 4 << 20;

    @Override
    public String text(Obj node) throws IOException {
        return new String(client.send(node, KubeletRequest.get("/metrics/resource", MOST_BYTES)),
                StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.close();
    }
}
