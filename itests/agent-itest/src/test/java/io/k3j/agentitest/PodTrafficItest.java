package io.k3j.agentitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitbase.Figure;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What pods pay for Services and policies: iperf3 and connections from pod to pod of a node, under a policy and by a
/// Service, beside two network namespaces on a plain bridge of a machine that runs nothing, and on one whose packets the
/// kernel tracks, which every Service and policy needs. One after the other on the
/// same cores; of each the best round counts, the one that other work on the machine disturbed least. Prints the table of
/// `docs/networking.md`; what is asserted is only that nothing is far off.
@Tag("full")
@Tag("ha")
@NeedsMachine
@NeedsPackages({"iproute2", "iperf3"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PodTrafficItest {
    private static final int ROUNDS = 7;
    private static final int SECONDS = 2;
    private static final int PLAIN = 0;
    private static final int TRACKED = 1;
    private static final int BULK = 5201;
    private static final int SHORT = 5202;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PEER = "10.99.0.2";
    private static final String OBJECTS = """
            {"apiVersion":"v1","kind":"List","items":[\
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"asks","labels":{"pod":"asks"}},"spec":%1$s},\
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"serves","labels":{"pod":"serves"}},"spec":%1$s},\
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"serves"},"spec":{"selector":{"pod":"serves"},\
            "ports":[{"name":"bulk","port":5201},{"name":"short","port":5202}]}},\
            {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"serves"},"spec":{\
            "podSelector":{"matchLabels":{"pod":"serves"}},"policyTypes":["Ingress"],"ingress":[{"from":[\
            {"podSelector":{"matchLabels":{"pod":"asks"}}}],"ports":[{"port":5201},{"port":5202}]}]}}]}""";
    private static final String SPEC = """
            {"terminationGracePeriodSeconds":0,"containers":[{"name":"a","image":"k3j.io/busybox:1",\
            "command":["sleep","100000"]}]}""";
    private MachineNet net;
    private Machine plain;
    private Machine tracked;
    private Machine node;
    private Server server;
    private List<Way> ways;

    /// @param from the network namespace of the side that asks
    private record Way(String name, Machine machine, String from, String to) {
    }

    @BeforeAll
    void switchOn() throws IOException, InterruptedException {
        net = MachineNet.on();
        node = net.server(1);
        plain = net.agent(1);
        tracked = net.agent(2);
        server = Server.start(node).ready();
        Path file = Files.writeString(node.dir().resolve("objects.json"), OBJECTS.formatted(SPEC));
        assertThat(server.k3s("kubectl apply -f " + file).code()).isZero();
        server.await("pods", "kubectl get pods --no-headers | grep -c Running", "2");
        String asks = address("pod asks", ".status.podIP");
        String serves = address("pod serves", ".status.podIP");
        String mtu = run(node, "cat /sys/class/net/cni0/mtu");
        bridge(plain, mtu);
        bridge(tracked, mtu);
        run(tracked, "sysctl -qw net.bridge.bridge-nf-call-iptables=1 && nft 'table inet tracked { chain passing { "
                + "type filter hook forward priority 0; ct state established accept; }; }'");
        serve(node, namespace(serves), serves);
        ways = List.of(new Way("plain bridge", plain, "/run/netns/one", PEER),
                new Way("tracked bridge", tracked, "/run/netns/one", PEER),
                new Way("policed pod", node, namespace(asks), serves),
                new Way("Service of a policed pod", node, namespace(asks),
                        address("service serves", ".spec.clusterIP")));
    }

    @AfterAll
    void switchOff() {
        if (net != null) {
            net.close();
        }
    }

    @Test
    @Tag("figures")
    void trafficIsNearlyThatOfAPlainBridge() throws IOException, InterruptedException {
        List<List<Double>> bulk = Stream.generate(() -> (List<Double>) new ArrayList<Double>())
                .limit(ways.size()).toList();
        List<List<Double>> connections = Stream.generate(() -> (List<Double>) new ArrayList<Double>())
                .limit(ways.size()).toList();
        for (int round = 0; round < ROUNDS; round++) {
            for (int turn = 0; turn < ways.size(); turn++) {
                int i = (round + turn) % ways.size();
                bulk.get(i).add(bitsPerSecond(ways.get(i)));
                connections.get(i).add(connectionsPerSecond(ways.get(i)));
            }
        }
        System.out.println("way Gbit/s %plain %tracked connections/s %plain %tracked");
        for (int i = 0; i < ways.size(); i++) {
            System.out.printf(Locale.ROOT, "%-26s %6.1f %4.0f %4.0f %8.0f %4.0f %4.0f%n", ways.get(i).name,
                    Collections.max(bulk.get(i)) / 1e9, ratio(bulk, i, PLAIN), ratio(bulk, i, TRACKED),
                    Collections.max(connections.get(i)), ratio(connections, i, PLAIN),
                    ratio(connections, i, TRACKED));
        }
        for (int i = TRACKED + 1; i < ways.size(); i++) {
            new Figure(13, ways.get(i).name + ": throughput, of a plain bridge that the kernel tracks",
                    ratio(bulk, i, TRACKED), "%").atLeast(95);
            new Figure(13, ways.get(i).name + ": connections, of the same", ratio(connections, i, TRACKED), "%")
                    .atLeast(90);
            assertThat(ratio(bulk, i, TRACKED)).as(ways.get(i).name + ": throughput").isGreaterThan(80);
            assertThat(ratio(connections, i, TRACKED)).as(ways.get(i).name + ": connections").isGreaterThan(70);
        }
    }

    /// Percent.
    private static double ratio(List<List<Double>> figures, int way, int other) {
        return Collections.max(figures.get(way)) / Collections.max(figures.get(other)) * 100;
    }

    private static double bitsPerSecond(Way way) throws IOException, InterruptedException {
        String json = run(way.machine, in(way.from) + "iperf3 --json -c " + way.to + " -p " + BULK + " -t " + SECONDS);
        String end = json.substring(json.indexOf("\"sum_received\""));
        return Double.parseDouble(end.split("\"bits_per_second\":")[1].split(",")[0].strip());
    }

    private static double connectionsPerSecond(Way way) throws IOException, InterruptedException {
        return Double.parseDouble(
                run(way.machine, in(way.from) + connections("count " + way.to + " " + SHORT + " " + SECONDS * 1_000)));
    }

    /// Two namespaces on a bridge, with packets of the size that pods have.
    private static void bridge(Machine machine, String mtu) throws IOException, InterruptedException {
        run(machine, "ip link add bridge0 type bridge && ip link set bridge0 up && "
                + "for n in 1:one 2:two; do ip netns add ${n#*:} && ip link add p${n%:*} type veth peer name eth0 netns "
                + "${n#*:} && ip link set p${n%:*} mtu " + mtu
                + " master bridge0 up && ip -n ${n#*:} link set eth0 mtu "
                + mtu + " up && ip -n ${n#*:} address add 10.99.0.${n%:*}/24 dev eth0 || exit 1; done");
        serve(machine, "/run/netns/two", PEER);
    }

    private static void serve(Machine machine, String namespace, String address)
            throws IOException, InterruptedException {
        run(machine, "(setsid " + in(namespace) + "iperf3 -s -p " + BULK + " & setsid " + in(namespace)
                + connections("serve " + address + " " + SHORT) + " &) > /dev/null 2>&1 < /dev/null; "
                + "for i in $(seq 100); do [ $(" + in(namespace)
                + "ss -ltnH | wc -l) = 2 ] && exit 0; sleep 0.1; done; "
                + "exit 1");
    }

    private static String in(String namespace) {
        return "nsenter --net=" + namespace + " ";
    }

    private static String connections(String words) {
        return Launch.jdk("java") + " -cp " + Path.of("target/test-classes").toAbsolutePath() + " "
                + Connections.class.getName() + " " + words;
    }

    /// The network namespace of the pod that has an address: of its `sleep`.
    private String namespace(String address) throws IOException, InterruptedException {
        return run(node, "for p in $(pgrep -x sleep); do nsenter --net=/proc/$p/ns/net ip -4 address | grep -q ' "
                + address + "/' && echo /proc/$p/ns/net; done; true");
    }

    private String address(String object, String path) throws IOException, InterruptedException {
        return server.k3s("kubectl get " + object + " -o 'jsonpath={" + path + "}'").text().strip();
    }

    private static String run(Machine machine, String line) throws IOException, InterruptedException {
        Outcome outcome = machine.run(LIMIT, line);
        assertThat(outcome.code()).as(line + "\n" + outcome.text()).isZero();
        return outcome.text().strip();
    }
}
