package io.k3j.ha;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import io.k3j.testkitprocess.Api;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/// Which server's controllers act.
final class Leadership {
    private static final String LEASE = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/"
            + "kube-controller-manager";

    private Leadership() {
    }

    /// The name of the server in the lease, as this server tells it.
    static String holder(Api asked) throws IOException, InterruptedException {
        HttpResponse<String> answer = asked.get(LEASE, "application/json");
        Struct lease = Json.object(answer.body().getBytes(StandardCharsets.UTF_8));
        String holder = lease.struct("spec").text("holderIdentity");
        return holder.substring(0, Math.max(0, holder.indexOf('_')));
    }

    /// The number of the server that leads, from 0 on.
    static int of(Cluster cluster) throws IOException, InterruptedException {
        String holder = holder(cluster.apis().getFirst());
        for (int n = 0; n < cluster.servers().size(); n++) {
            if (cluster.servers().get(n).name().equals(holder)) {
                return n;
            }
        }
        throw new AssertionError("leader " + holder);
    }
}
