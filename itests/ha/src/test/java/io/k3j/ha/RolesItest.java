package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The page on server roles, command for command: servers with etcd or the control plane alone, each with its node;
/// then the process of each is killed.
@NeedsMachine
@NeedsPackages({"etcd-server", "etcd-client", "postgresql"})
@Tag("ha")
class RolesItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final String VARIANT = "split";
    private static final String PARTS = "parts";
    private static final String SQL = "postgresql";
    private static final String DATABASE_PAGE = "ha-external-datastore.md";
    private static final String CONTROLLERS = "kube-controller-manager ";
    private static final String SCHEDULER = "kube-scheduler ";
    private static final String CLOUD = "k3s-cloud-controller-manager ";
    private static final String LABELLED = "k3s kubectl get namespaces -l lost=server-1 -o name";
    private static final String REFUSAL = "Warning: apiserver disabled: this server runs without an API server ";

    @Test
    @Follows(page = "server-roles.md", blocks = {"start on server-1 for split",
            "start on server-2 for split",
            "run on server-1 server-2 for split"})
    void runsTheNodesOfServersWithEtcdOrTheControlPlaneAlone() throws Exception {
        Page page = Page.of("server-roles.md");
        try (Cluster cluster = Cluster.on()) {
            Host etcd = first(cluster, page);
            refusesClearly(etcd);
            Host plane = cluster.begun(Cluster.page(page, VARIANT));
            awaitRoles(cluster);
            for (Host host : cluster.servers()) {
                host.follow(page, VARIANT, "run");
            }
            Workload workload = Workload.on(plane, 2);
            assertThat(String.join("\n", workload.pods())).contains(etcd.name(), plane.name());
            workload.answers();

            plane.killProcess();
            refusesClearly(etcd);
            Cluster.page(page, VARIANT).on(plane);
            awaitRoles(cluster);
            Workload.on(plane, 4).answers();

            etcd.killProcess();
            plane.must("k3s kubectl create configmap written-meanwhile");
            Cluster.page(page, VARIANT).on(etcd);
            Waiting.until("kubectl on " + etcd.name(), LIMIT,
                    () -> etcd.run("k3s kubectl get configmap written-meanwhile").code() == 0, cluster::story);
            Workload.on(plane, 6).answers();
        }
    }

    @Test
    @Tag("full")
    @Follows(page = "server-roles.md", blocks = {"start on server-3 server-4 for split"})
    void goesOnWithoutTheServerThatBeganWhenThreeHaveEtcdAlone() throws Exception {
        Page page = Page.of("server-roles.md");
        try (Cluster cluster = Cluster.on()) {
            Host first = first(cluster, page);
            Host plane = cluster.begun(Cluster.page(page, VARIANT));
            awaitRoles(cluster);
            List<Host> joined = List.of(joined(cluster, page), joined(cluster, page));
            ManagedEtcd.votes(first, 3);
            Workload.on(plane, 4).answers();

            cluster.net().lose(first.machine());
            long start = System.nanoTime();
            List<String> answers = new ArrayList<>();
            // a write that can be repeated: the answer to the first one may be lost with the member
            Waiting.until("a write with two of three members", LIMIT, () -> {
                Outcome tried = plane.run("k3s kubectl label namespace default lost=server-1 --overwrite");
                answers.add(tried.text());
                return tried.code() == 0;
            }, () -> String.join("", answers) + cluster.story());
            ClusterWorkload.WRITES.since("first write after the loss of the server that began", start);
            for (Host host : joined) {
                assertThat(host.must(LABELLED)).contains("namespace/default");
            }
            cluster.net().again(first.machine());
            Cluster.page(page, VARIANT).on(first);
            Waiting.until("kubectl on " + first.name(), LIMIT,
                    () -> first.run(LABELLED).text().contains("namespace/default"), cluster::story);
            ManagedEtcd.votes(first, 3);
        }
    }

    @Test
    @Tag("full")
    @Follows(page = "server-roles.md", blocks = {"start on server-2 for whole",
            "start on server-1 for whole"})
    void takesTheOtherRoleAsWellWhenStartedAgainWithoutTheFlags() throws Exception {
        Page page = Page.of("server-roles.md");
        try (Cluster cluster = Cluster.on()) {
            Host etcd = first(cluster, page);
            Host plane = cluster.begun(Cluster.page(page, VARIANT));
            awaitRoles(cluster);
            Workload.on(plane, 2).answers();
            for (Host host : List.of(plane, etcd)) {
                host.stop();
                Cluster.page(page, "whole").on(host);
                Waiting.until("both roles of " + host.name(), LIMIT,
                        () -> host.run("k3s kubectl get nodes --no-headers").text().lines()
                                .anyMatch(l -> l.matches(host.name() + " +Ready +control-plane,etcd .*")),
                        cluster::story);
            }
            ManagedEtcd.votes(etcd, 2);
            ClusterWorkload.sameNodesFromEverywhere(cluster, "control-plane,etcd", "");
            Workload.on(etcd, 4).answers();
        }
    }

    @Test
    @Tag("full")
    @Follows(page = "server-roles.md", blocks = {"start on server-1 for parts",
            "start on server-2 for parts",
            "run on server-1 server-2 for parts"})
    void runsEachPartOnTheServerThatHasItAndMissesItWhileThatOneIsAway() throws Exception {
        Page page = Page.of("server-roles.md");
        try (Cluster cluster = Cluster.on()) {
            database(cluster);
            Host first = cluster.server(Cluster.page(page, PARTS));
            Host second = cluster.server(Cluster.page(page, PARTS));
            Workload web = Workload.on(first, 2);
            assertThat(holders(first)).containsExactlyInAnyOrder("k3s server-1", CLOUD + "server-1",
                    CONTROLLERS + "server-1", SCHEDULER + "server-2");
            for (Host host : cluster.servers()) {
                host.follow(page, PARTS, "run");
            }

            second.killProcess();
            scale(first, 4);
            awaitWarning(first, "kube-scheduler", "--disable-scheduler");
            assertThat(web.pods().stream().filter(p -> p.contains(" Pending "))).hasSize(2);
            Cluster.page(page, PARTS).on(second);
            Workload.on(first, 4).answers();

            first.killProcess();
            scale(second, 6);
            awaitWarning(second, "kube-controller-manager", "--disable-controller-manager");
            assertThat(second.must("k3s kubectl get pods -l app=web --no-headers").lines()).hasSize(4);
            assertThat(holders(second)).contains("k3s server-2", CLOUD + "server-2", SCHEDULER + "server-2");
            Cluster.page(page, PARTS).on(first);
            Workload.on(second, 6).answers();
        }
    }

    @Test
    @Tag("full")
    void schedulesWhereTheServerThatLeadsHasNoScheduler() throws Exception {
        try (Cluster cluster = Cluster.on()) {
            database(cluster);
            Host lacking = cluster.server(Cluster.page(Page.of("server-roles.md"), PARTS));
            Host whole = cluster.server(Cluster.page(Page.of(DATABASE_PAGE), SQL));
            Workload.on(lacking, 2).answers();
            assertThat(holders(whole)).containsExactlyInAnyOrder("k3s server-1", CLOUD + "server-1",
                    CONTROLLERS + "server-1", SCHEDULER + "server-2");
            lacking.killProcess();
            scale(whole, 3);
            Waiting.until("a node for each pod", LIMIT, () -> whole
                    .must("k3s kubectl get pods -l app=web -o jsonpath='{.items[*].spec.nodeName}'")
                    .split(" ").length == 3,
                    cluster::story);
            assertThat(holders(whole)).containsExactlyInAnyOrder("k3s server-2", CLOUD + "server-2",
                    CONTROLLERS + "server-2", SCHEDULER + "server-2");
        }
    }

    private static void database(Cluster cluster) throws IOException, InterruptedException {
        Database.on(cluster, SQL).host().follow(Page.of(DATABASE_PAGE), SQL, "run");
    }

    private static void scale(Host host, int replicas) throws IOException, InterruptedException {
        host.must("k3s kubectl scale deployment web --replicas " + replicas);
    }

    /// Which server holds which of the four leases, as `NAME server`.
    private static List<String> holders(Host host) throws IOException, InterruptedException {
        return host.must("k3s kubectl get leases --namespace kube-system --no-headers").lines()
                .filter(l -> l.startsWith("k")).map(l -> l.replaceAll("^(\\S+) +(\\S+)_\\S+ .*", "$1 $2")).toList();
    }

    /// What a server that lacks a part says when nobody runs it any more.
    private static void awaitWarning(Host host, String lease, String flag) throws IOException, InterruptedException {
        Waiting.until("warning of " + host.name(), LIMIT,
                () -> host.story().contains("Lease " + lease + " expired: no running server provides this component;"
                        + " start one without " + flag),
                host::story);
    }

    /// The server that begins the cluster, when others can join.
    private static Host first(Cluster cluster, Page page) throws IOException, InterruptedException {
        Host first = cluster.begun(Cluster.page(page, VARIANT));
        Waiting.until("next step", LIMIT, () -> first.story().contains("Next: join a server with the control plane"),
                first::story);
        return first;
    }

    /// One more with etcd alone, Ready.
    private static Host joined(Cluster cluster, Page page) throws IOException, InterruptedException {
        Host joined = cluster.begun(Cluster.page(page, VARIANT));
        Waiting.until(joined.name() + " Ready", LIMIT, () -> Cluster.ready(joined, joined.name()), cluster::story);
        return joined;
    }

    /// What kubectl says where no API server is near or known.
    private static void refusesClearly(Host host) throws IOException, InterruptedException {
        List<String> answers = new ArrayList<>();
        Waiting.until("refusal of " + host.name(), LIMIT, () -> {
            long start = System.nanoTime();
            Outcome asked = host.run("k3s kubectl get nodes");
            Cluster.report("kubectl on " + host.name(), start);
            answers.add(asked.text());
            return asked.code() == 1 && asked.text().startsWith(REFUSAL);
        }, () -> answers.getLast() + host.story());
    }

    /// From both servers: each node is Ready with its role alone.
    private static void awaitRoles(Cluster cluster) throws IOException, InterruptedException {
        for (Host host : cluster.servers()) {
            Waiting.until("both nodes at " + host.name(), LIMIT, () -> {
                String nodes = host.run("k3s kubectl get nodes --no-headers").text();
                return nodes.lines().anyMatch(l -> l.matches("server-1 +Ready +etcd .*"))
                        && nodes.lines().anyMatch(l -> l.matches("server-2 +Ready +control-plane .*"));
            }, cluster::story);
        }
    }
}
