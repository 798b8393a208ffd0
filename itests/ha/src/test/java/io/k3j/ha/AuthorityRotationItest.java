package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// All authorities of a cluster with managed etcd and an agent are replaced, as K3s' page tells: handed to one server,
/// taken over by every server with its restart, then by the agent. Pods run on.
@NeedsMachine
@Tag("full")
@Tag("ha")
@NeedsPackages({"etcd-server", "openssl"})
class AuthorityRotationItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String VARIANT = "cluster";
    private static final String SERVER = "/var/lib/rancher/k3s/server/";
    private static final String STAGED = SERVER + "rotate-ca";
    private static final List<String> AUTHORITIES = List.of("server-ca", "client-ca", "request-header-ca",
            "etcd/server-ca", "etcd/peer-ca");
    private static final String CONTAINERS = "k3s kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name}"
            + " {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}{\"\\n\"}{end}'";
    private static final String RENEWED = "k3s kubectl get lease --namespace kube-node-lease %s -o"
            + " jsonpath='{.spec.renewTime}'";
    private static final String FOR_PODS = "k3s kubectl get configmap kube-root-ca.crt -o"
            + " jsonpath='{.data.ca\\.crt}'";

    private final Page page = Page.of("ha-embedded-etcd.md");

    AuthorityRotationItest() throws IOException {
        // the page is read
    }

    private void servers(Cluster cluster) throws IOException, InterruptedException {
        for (int n = 1; n <= 3; n++) {
            cluster.server(Cluster.page(page, VARIANT));
        }
        ManagedEtcd.votes(cluster.servers().getLast(), 3);
    }

    /// Makes new authorities on a server.
    private static void staged(Host server, String how) throws IOException, InterruptedException {
        Path script = server.machine().dir().resolve("new-authorities.sh");
        try (InputStream text = Objects
                .requireNonNull(AuthorityRotationItest.class.getResourceAsStream("new-authorities.sh"))) {
            Files.copy(text, script);
        }
        server.must("bash " + script + " " + STAGED + " " + how);
    }

    private void again(Host host) throws IOException, InterruptedException {
        host.stop();
        Cluster.page(page, VARIANT).on(host);
    }

    /// Waits until a node that was started again has said so itself.
    private static void alive(Cluster cluster, Host host, Host asked) throws IOException, InterruptedException {
        String start = asked.must("date -u +%FT%T").strip();
        long since = System.nanoTime();
        Waiting.until(host.name() + " Ready", LIMIT, () -> {
            Outcome lease = asked.run(RENEWED.formatted(host.name()));
            return lease.code() == 0 && lease.text().strip().compareTo(start) > 0
                    && Cluster.ready(asked, host.name());
        }, () -> evidence(cluster));
        Cluster.report(host.name() + " Ready again", since);
    }

    /// What every machine printed last, and where the threads of its server are written down.
    private static String evidence(Cluster cluster) {
        return cluster.story() + "\n" + cluster.servers().stream().map(Threads::of).collect(Collectors.joining("\n"));
    }

    /// A server has what was staged on the first, and everything vouched for by it.
    private static void tookOver(Cluster cluster, Host server) throws IOException, InterruptedException {
        tookOver(server, cluster.servers().getFirst());
    }

    private static void tookOver(Host server, Host source) throws IOException, InterruptedException {
        for (String authority : AUTHORITIES) {
            String file = "tls/" + authority + ".crt";
            assertThat(server.must("cat " + SERVER + file)).as(server.name() + " " + file)
                    .isEqualTo(source.must("cat " + STAGED + "/" + file));
        }
        String root = source.must("cat " + STAGED + "/tls/server-root.pem");
        vouches(server, root, "127.0.0.1:6443", "");
        vouches(server, root, "127.0.0.1:10250", "");
        vouches(server, source.must("cat " + STAGED + "/tls/etcd/server-root.pem"), "127.0.0.1:2379", "etcd/client");
        vouches(server, source.must("cat " + STAGED + "/tls/etcd/peer-root.pem"), server.machine().address() + ":2380",
                "etcd/peer-server-client");
    }

    /// What a server shows on a port is vouched for by the new root alone.
    private static void vouches(Host server, String root, String port, String own)
            throws IOException, InterruptedException {
        Path trusted = Files.writeString(server.machine().dir().resolve("root.pem"), root);
        String shown = own.isEmpty() ? "" : " -cert " + SERVER + "tls/" + own + ".crt -key " + SERVER + "tls/" + own
                + ".key";
        String ask = "timeout 5 openssl s_client -connect " + port + shown + " -CAfile " + trusted
                + " -verify_return_error </dev/null";
        Waiting.until("new authority on " + port + " of " + server.name(), LIMIT, () -> server.run(ask).code() == 0,
                server::story);
    }

    @Test
    void crossSignedOnesAreTakenOverByOneServerAfterTheOtherAndNobodyIsCutOff() throws Exception {
        try (Cluster cluster = Cluster.on()) {
            servers(cluster);
            Host agent = cluster.agent(Cluster.page(page, VARIANT));
            Host first = cluster.servers().getFirst();
            Workload workload = Workload.on(first, 4);
            workload.answers();
            String containers = first.must(CONTAINERS);
            staged(first, "crossed");
            String before = first.must("cat " + SERVER + "tls/server-ca.crt");
            assertThat(first.must("k3s certificate rotate-ca --path " + STAGED))
                    .contains("certificates saved to datastore");
            assertThat(first.must("cat " + SERVER + "tls/server-ca.crt")).isEqualTo(before);
            for (Host server : cluster.servers()) {
                again(server);
                alive(cluster, server, server);
                ManagedEtcd.votes(server, 3);
                tookOver(cluster, server);
                for (Host any : cluster.servers()) {
                    any.must("k3s kubectl create configmap " + any.name() + "-after-" + server.name());
                }
                alive(cluster, agent, server);
                workload.answers();
            }
            again(agent);
            alive(cluster, agent, first);
            same(cluster, agent, workload, containers);
        }
    }

    @Test
    void strangersAreForcedUponServersAndAnAgentThatIsGivenTheNewToken() throws Exception {
        try (Cluster cluster = Cluster.on()) {
            servers(cluster);
            Host first = cluster.servers().getFirst();
            String join = "k3s agent --server https://" + first.machine().address() + ":6443 --token ";
            String token = first.must("cat " + SERVER + "node-token").strip();
            Host agent = cluster.agent(host -> host.start(join + token));
            Workload workload = Workload.on(first, 4);
            workload.answers();
            String containers = first.must(CONTAINERS);
            staged(first, "alone");
            assertThat(first.run("k3s certificate rotate-ca --path " + STAGED).text()).contains("--force");
            first.must("k3s certificate rotate-ca --force --path " + STAGED);
            // the first has no majority with authorities nobody else has
            again(first);
            again(cluster.servers().get(1));
            for (Host server : cluster.servers().subList(0, 2)) {
                alive(cluster, server, server);
                tookOver(cluster, server);
            }
            Host last = cluster.servers().getLast();
            again(last);
            alive(cluster, last, last);
            tookOver(cluster, last);
            ManagedEtcd.votes(last, 3);
            agent.stop();
            agent.start(join + token);
            Waiting.until("refusal of the token", LIMIT,
                    () -> agent.story().contains("token CA hash does not match the Cluster CA certificate hash"),
                    agent::story);
            agent.stop();
            agent.start(join + first.must("cat " + SERVER + "node-token").strip());
            alive(cluster, agent, first);
            same(cluster, agent, workload, containers);
        }
    }

    @Test
    void aServerThatIsOffMeanwhileTakesThemOverFromTheOneItJoinedBy() throws Exception {
        try (Cluster cluster = Cluster.on()) {
            servers(cluster);
            Host last = cluster.servers().getLast();
            forcedWithout(cluster, last);
            Cluster.page(page, VARIANT).on(last);
            alive(cluster, last, cluster.servers().getFirst());
            tookOver(cluster, last);
            ManagedEtcd.votes(last, 3);
        }
    }

    @Test
    void theFirstServerIsToldToAskAnotherWhenItIsOffMeanwhile() throws Exception {
        try (Cluster cluster = Cluster.on()) {
            servers(cluster);
            Host first = cluster.servers().getFirst();
            Host second = cluster.servers().get(1);
            forcedWithout(cluster, first);
            Cluster.page(page, VARIANT).on(first);
            Waiting.until("advice", LIMIT, () -> first.story().contains("--server https://ANOTHER-SERVER:6443"),
                    () -> evidence(cluster));
            first.stop();
            first.start("K3S_TOKEN=SECRET k3s server --tls-san=10.10.10.100 --server https://"
                    + second.machine().address() + ":6443");
            alive(cluster, first, second);
            tookOver(first, second);
            ManagedEtcd.votes(first, 3);
        }
    }

    @Test
    void aServerThatIsOffMeanwhileMayBeTheFirstToUseThem() throws Exception {
        try (Cluster cluster = Cluster.on()) {
            servers(cluster);
            Host first = cluster.servers().getFirst();
            Host last = cluster.servers().getLast();
            last.stop();
            forced(first);
            Cluster.page(page, VARIANT).on(last);
            String authority = first.must("cat " + STAGED + "/tls/server-ca.crt");
            Waiting.until("new authorities on " + last.name(), LIMIT,
                    () -> last.must("cat " + SERVER + "tls/server-ca.crt").equals(authority), () -> evidence(cluster));
            // two of three trust each other then
            again(first);
            for (Host server : List.of(last, first)) {
                alive(cluster, server, server);
                tookOver(cluster, server);
            }
            Host second = cluster.servers().get(1);
            again(second);
            alive(cluster, second, second);
            tookOver(cluster, second);
            ManagedEtcd.votes(second, 3);
        }
    }

    /// Strangers come into force on all servers but one, which is off and stays so.
    private void forcedWithout(Cluster cluster, Host off) throws IOException, InterruptedException {
        List<Host> others = cluster.servers().stream().filter(server -> server != off).toList();
        off.stop();
        forced(others.getFirst());
        for (Host server : others) {
            again(server);
        }
        for (Host server : others) {
            alive(cluster, server, server);
            tookOver(server, others.getFirst());
        }
    }

    private static void forced(Host server) throws IOException, InterruptedException {
        staged(server, "alone");
        server.must("k3s certificate rotate-ca --force --path " + STAGED);
    }

    /// Nothing is left of the old ones where it would show, and the pods have not noticed.
    private static void same(Cluster cluster, Host agent, Workload workload, String containers)
            throws IOException, InterruptedException {
        Host first = cluster.servers().getFirst();
        String authority = first.must("cat " + STAGED + "/tls/server-ca.crt");
        assertThat(agent.must("cat /var/lib/rancher/k3s/agent/server-ca.crt")).isEqualTo(authority);
        Waiting.until("new authority for pods", LIMIT, () -> first.must(FOR_PODS).strip().equals(authority.strip()),
                cluster::story);
        ClusterWorkload.sameNodesFromEverywhere(cluster, "control-plane,etcd", "");
        workload.answers();
        assertThat(first.must(CONTAINERS)).isEqualTo(containers);
        assertThat(first.must("k3s kubectl get nodes --no-headers").lines().filter(line -> line.contains(" Ready ")))
                .hasSize(4);
    }
}
