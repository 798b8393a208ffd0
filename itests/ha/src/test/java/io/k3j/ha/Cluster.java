package io.k3j.ha;

import io.k3j.codec.Json;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// The machines of a page, switched on as it goes along.
final class Cluster implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private final MachineNet net;
    private final List<Host> servers = new ArrayList<>();
    private final List<Host> balancers = new ArrayList<>();
    private final List<Host> agents = new ArrayList<>();
    private final List<Api> apis = new ArrayList<>();

    /// Something done on a host.
    interface Step {
        void on(Host host) throws IOException, InterruptedException;
    }

    /// What a page says.
    static Step page(Page page, String variant) {
        return host -> host.follow(page, variant, "file", "start");
    }

    private Cluster(MachineNet net) {
        this.net = net;
    }

    static Cluster on() throws IOException, InterruptedException {
        return new Cluster(MachineNet.on());
    }

    MachineNet net() {
        return net;
    }

    Host database(int number) throws IOException, InterruptedException {
        return new Host(net.add("db-" + number, "10.10.10." + (39 + number)));
    }

    /// A server after these steps, Ready.
    Host server(Step... steps) throws IOException, InterruptedException {
        Host server = new Host(net.server(servers.size() + 1));
        servers.add(server);
        started(server, steps);
        if (apis.size() < servers.size()) {
            apis.add(server.machine().api());
        }
        return server;
    }

    /// A server after these steps, which may have to wait for others: nobody waits for it here.
    Host begun(Step... steps) throws IOException, InterruptedException {
        Host server = new Host(net.server(servers.size() + 1));
        servers.add(server);
        for (Step step : steps) {
            step.on(server);
        }
        return server;
    }

    /// An agent after these steps, Ready.
    Host agent(Step... steps) throws IOException, InterruptedException {
        Host agent = new Host(net.agent(agents.size() + 1));
        agents.add(agent);
        started(agent, steps);
        return agent;
    }

    private void started(Host host, Step... steps) throws IOException, InterruptedException {
        long start = System.nanoTime();
        for (Step step : steps) {
            step.on(host);
        }
        Waiting.until(host.name() + " Ready", LIMIT, () -> ready(host.name()), host::story);
        report(host.name() + " Ready", start);
    }

    /// Whether the first server says so. It is asked without a command, which would take its time from who joins.
    private boolean ready(String node) throws IOException, InterruptedException {
        Machine first = servers.getFirst().machine();
        if (apis.isEmpty()) {
            if (Files.notExists(first.dir().resolve("etc/rancher/k3s/k3s.yaml"))) {
                return false;
            }
            apis.add(first.api());
        }
        return ready(apis.getFirst(), node);
    }

    private static boolean ready(Api api, String node) throws InterruptedException {
        try {
            HttpResponse<String> answer = api.get("/api/v1/nodes/" + node, "application/json");
            return answer.statusCode() == 200
                    && Json.object(answer.body().getBytes(StandardCharsets.UTF_8)).struct("status").seq("conditions")
                            .find("type", "Ready").text("status").equals("True");
        } catch (IOException away) {
            return false;
        }
    }

    /// A load balancer as the page makes it.
    Host balancer(String variant) throws IOException, InterruptedException {
        Host balancer = new Host(net.balancer(balancers.size() + 1));
        balancers.add(balancer);
        balancer.follow(Page.of("cluster-load-balancer.md"), variant, "file", "append", "run");
        return balancer;
    }

    /// Waits until servers are reached through the virtual address: load balancers elect its holder first.
    void virtual() throws IOException, InterruptedException {
        Host server = servers.getFirst();
        Waiting.until("answer through " + MachineNet.VIRTUAL, LIMIT, () -> server
                .run("curl -skf -m 2 https://" + MachineNet.VIRTUAL + ":6443/ping").code() == 0, this::story);
    }

    /// Whether a server that has the API sees a node Ready. It is asked without a command, as [#agent] asks.
    static boolean sees(Host server, String node) throws IOException, InterruptedException {
        try (Api api = server.machine().api()) {
            return ready(api, node);
        }
    }

    static boolean ready(Host from, String node) throws IOException, InterruptedException {
        Outcome outcome = from.run("k3s kubectl get nodes --no-headers " + node);
        return outcome.code() == 0 && outcome.text().contains(" Ready ");
    }

    List<Host> servers() {
        return servers;
    }

    List<Host> balancers() {
        return balancers;
    }

    List<Host> agents() {
        return agents;
    }

    /// The API of every server that was waited for, in their order.
    List<Api> apis() {
        return apis;
    }

    /// What every machine printed last.
    String story() {
        return java.util.stream.Stream.concat(servers.stream(), agents.stream()).map(Host::story)
                .collect(Collectors.joining("\n"));
    }

    static long report(String what, long start) {
        long millis = (System.nanoTime() - start) / 1_000_000;
        System.out.println("[ha] " + what + ": " + millis + " ms");
        return millis;
    }

    @Override
    public void close() {
        apis.forEach(Api::close);
        net.close();
    }
}
