package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The page on the architecture, command for command: one server, an agent, and how the agent is known again; and from
/// the page on embedded etcd, how such a server becomes the first of several.
@NeedsMachine
@NeedsPackages({"etcd-server", "etcd-client"})
class SingleServerItest {
    private static final Duration LIMIT = Duration.ofSeconds(180);
    private static final String REFUSED = "Node password rejected, duplicate hostname";

    @Test
    @Follows(page = "architecture.md", blocks = {"start on server-1 for single",
            "start on agent-1 for single",
            "run on server-1 for single",
            "run on agent-1 for reinstalled",
            "run on server-1 for reinstalled",
            "start on agent-1 for renamed"})
    @Follows(page = "ha-embedded-etcd.md", blocks = {"start on server-1 for conversion"})
    void registersAnAgentUnderItsPasswordAndGoesOnWithEtcd() throws Exception {
        Page page = Page.of("architecture.md");
        try (Cluster cluster = Cluster.on()) {
            Host server = cluster.server(Cluster.page(page, "single"));
            Host agent = cluster.agent(Cluster.page(page, "single"));
            server.follow(page, "single", "run");
            Workload.on(server, 2).answers();

            agent.stop();
            agent.follow(page, "reinstalled", "run");
            agent.follow(page, "single", "start");
            ended(agent);
            assertThat(agent.story()).contains(REFUSED);

            server.follow(page, "reinstalled", "run");
            Waiting.until("end of the password of agent-1", LIMIT, () -> !passwords(server).contains("agent-1."),
                    server::story);
            agent.follow(page, "single", "start");
            Waiting.until("agent-1 Ready under its name", LIMIT, () -> Cluster.sees(server, "agent-1"), agent::story);

            agent.stop();
            agent.follow(page, "renamed", "start");
            String name = "agent-1-" + id(agent);
            Waiting.until(name + " Ready", LIMIT, () -> Cluster.sees(server, name), agent::story);
            assertThat(passwords(server)).contains("agent-1.node-password.k3s", name + ".node-password.k3s");

            server.stop();
            server.follow(Page.of("ha-embedded-etcd.md"), "conversion", "start");
            Waiting.until("server on etcd", LIMIT, () -> server.run("k3s kubectl get nodes server-1").text()
                    .contains("control-plane,etcd"), server::story);
            assertThat(passwords(server)).contains("agent-1.node-password.k3s", name + ".node-password.k3s");
            Waiting.until(name + " Ready with etcd", LIMIT, () -> Cluster.sees(server, name), agent::story);
        }
    }

    private static void ended(Host agent) throws IOException, InterruptedException {
        Waiting.until("refusal", LIMIT, () -> agent.story().contains(REFUSED) && !agent.running(), agent::story);
    }

    private static String passwords(Host server) throws IOException, InterruptedException {
        return server.must("k3s kubectl get secrets --namespace kube-system -o name");
    }

    private static String id(Host agent) throws IOException, InterruptedException {
        String file = "/etc/rancher/node/id";
        Waiting.until(file, LIMIT, () -> agent.run("test -s " + file).code() == 0, agent::story);
        return agent.must("cat " + file).strip();
    }
}
