package io.k3j.ha;

import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The etcd that servers run themselves, asked by `etcdctl` with the certificates that lie where K3s keeps them.
final class ManagedEtcd {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String CTL = "cd /var/lib/rancher/k3s/server/tls/etcd && ETCDCTL_API=3 etcdctl "
            + "--cacert server-ca.crt --cert client.crt --key client.key --endpoints https://127.0.0.1:2379 ";
    private static final int LEADS = 4;
    private static final int LEARNER = 5;
    private static final int TERM = 6;

    private ManagedEtcd() {
    }

    /// The server whose member leads.
    static Host leader(Cluster cluster) throws IOException, InterruptedException {
        List<Host> found = new ArrayList<>();
        Waiting.until("leader of etcd", LIMIT, () -> {
            for (Host server : cluster.servers()) {
                Outcome status = server.run(CTL + "endpoint status");
                if (status.code() == 0 && "true".equals(field(status.text().strip(), LEADS))) {
                    found.add(server);
                    return true;
                }
            }
            return false;
        }, cluster::story);
        return found.getFirst();
    }

    /// Waits until so many members vote and this server's is one that answers.
    static void votes(Host server, int count) throws IOException, InterruptedException {
        Waiting.until(count + " members of etcd that vote", LIMIT, () -> {
            Outcome members = server.run(CTL + "member list");
            return members.code() == 0
                    && members.text().lines().filter(m -> "false".equals(field(m, LEARNER))).count() == count;
        }, server::story);
    }

    /// The term its member is in: each election begins another.
    static long term(Host server) throws IOException, InterruptedException {
        return Long.parseLong(field(server.must(CTL + "endpoint status").strip(), TERM));
    }

    private static String field(String line, int number) {
        String[] fields = line.split(", ", -1);
        return number < fields.length ? fields[number] : "";
    }
}
