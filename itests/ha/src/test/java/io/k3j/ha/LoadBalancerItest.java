package io.k3j.ha;

import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The page's load balancers in front of three stand-ins for servers, which say their name to whoever connects.
@NeedsMachine
@NeedsPackages({"haproxy", "keepalived", "nginx", "libnginx-mod-stream", "socat"})
class LoadBalancerItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    private static final int PATIENCE_MILLIS = 5000;
    private static final int PORT = 6443;
    private final List<Host> servers = new ArrayList<>();
    private Page page;
    private MachineNet net;

    @BeforeEach
    void switchOn() throws IOException, InterruptedException {
        page = Page.of("cluster-load-balancer.md");
        net = MachineNet.on();
        for (int n = 1; n <= 3; n++) {
            Host server = new Host(net.server(n));
            server.start("exec socat TCP-LISTEN:6443,fork,reuseaddr SYSTEM:hostname");
            servers.add(server);
        }
    }

    @AfterEach
    void switchOff() {
        if (net != null) {
            net.close();
        }
    }

    @Test
    @Follows(page = "cluster-load-balancer.md", blocks = {"run on lb-1 lb-2 for haproxy",
            "append /etc/haproxy/haproxy.cfg on lb-1 lb-2",
            "file /etc/keepalived/keepalived.conf on lb-1",
            "file /etc/keepalived/keepalived.conf on lb-2"})
    void keepsTheVirtualAddressWhenALoadBalancerOrAServerDies() throws IOException, InterruptedException {
        Host first = balancer(1);
        Host second = balancer(2);
        everyServerAnswers(MachineNet.VIRTUAL);
        Waiting.until("virtual address on lb-1 alone", LIMIT, () -> holds(first) && !holds(second), () -> "");

        long start = System.nanoTime();
        first.must("systemctl kill haproxy");
        Waiting.until("virtual address on lb-2", LIMIT, () -> holds(second), () -> "");
        everyServerAnswers(MachineNet.VIRTUAL);
        report("HAProxy killed, every server answers again", start);

        first.must("systemctl start haproxy");
        Waiting.until("virtual address on lb-1 again", LIMIT, () -> holds(first) && !holds(second), () -> "");

        start = System.nanoTime();
        net.lose(first.machine());
        Waiting.until("answer through lb-2", LIMIT, () -> !answer(MachineNet.VIRTUAL).isEmpty(), () -> "");
        report("load balancer lost, first answer", start);

        net.lose(servers.get(2).machine());
        Waiting.until("two servers only", Duration.ofSeconds(60),
                () -> !missing(MachineNet.VIRTUAL, 12) && names(MachineNet.VIRTUAL, 12).size() == 2, () -> "");
    }

    @Test
    @Follows(page = "cluster-load-balancer.md", blocks = {"file nginx.conf on lb-1",
            "run on lb-1 for nginx"})
    void spreadsOverTheServersWithNginxAndLeavesOutADeadOne() throws IOException, InterruptedException {
        Host balancer = new Host(net.balancer(1));
        balancer.follow(page, "nginx", "file", "run");
        everyServerAnswers("10.10.10.98");
        net.lose(servers.getFirst().machine());
        Waiting.until("two servers only", Duration.ofSeconds(90), () -> names("10.10.10.98", 6).size() == 2, () -> "");
    }

    private Host balancer(int number) throws IOException, InterruptedException {
        Host balancer = new Host(net.balancer(number));
        balancer.follow(page, "haproxy", "file", "append", "run");
        return balancer;
    }

    private static boolean holds(Host host) throws IOException, InterruptedException {
        return host.run("ip -4 addr show dev eth1").text().contains(" " + MachineNet.VIRTUAL + "/24");
    }

    private static void everyServerAnswers(String address) throws IOException, InterruptedException {
        Waiting.until("answer of every server at " + address, LIMIT,
                () -> names(address, 6).equals(Set.of("server-1", "server-2", "server-3")), () -> "");
    }

    private static Set<String> names(String address, int times) {
        Set<String> found = new TreeSet<>();
        for (int i = 0; i < times; i++) {
            found.add(answer(address));
        }
        found.remove("");
        return found;
    }

    private static boolean missing(String address, int times) {
        for (int i = 0; i < times; i++) {
            if (answer(address).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /// The name of who answered, empty for nobody.
    private static String answer(String address) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, PORT), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static void report(String what, long start) {
        System.out.println(what + ": " + (System.nanoTime() - start) / 1_000_000 + " ms");
    }
}
