package io.k3j.testkitmachine;

import io.k3j.testkitbase.Leftovers;
import io.k3j.testkitbase.Teardown;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Several machines on one bridge, with the addresses of K3s' page on the cluster load balancer
/// (<https://docs.k3s.io/datastore/cluster-loadbalancer>): servers `10.10.10.50` to `.52`, load balancers `.98` and
/// `.99`, agents `.101` to `.103`, a virtual address `.100`. The test itself is `10.10.10.1`, their gateway. There
/// is one at a time on a kernel, because the addresses are the page's; a second one waits. Closing it removes
/// everything; what a test left that was killed goes when the next one is made.
public final class MachineNet implements AutoCloseable {
    /// The address that moves between the load balancers.
    public static final String VIRTUAL = "10.10.10.100";
    private static final String BRIDGE = "k3jnet";
    private static final String GATEWAY = "10.10.10.1";
    private static final String LINK = "eth1";
    private static final Duration TURN_LIMIT = Duration.ofMinutes(20);
    private static final InetSocketAddress TURN = new InetSocketAddress("127.10.10.10", 10100);
    private final List<Machine> machines = new ArrayList<>();
    private final Turn turn;

    private MachineNet(Turn turn) {
        this.turn = turn;
    }

    /// Makes the bridge, without a machine.
    public static MachineNet on() throws IOException, InterruptedException {
        MachineNet net = new MachineNet(Turn.at(TURN, TURN_LIMIT));
        try {
            unbridge();
            Launch.of("ip", "link", "add", BRIDGE, "type", "bridge").text(Waiting.LIMIT);
            Launch.of("ip", "addr", "add", GATEWAY + "/24", "dev", BRIDGE).text(Waiting.LIMIT);
            Launch.of("ip", "link", "set", BRIDGE, "up").text(Waiting.LIMIT);
            return net;
        } catch (AssertionError | IOException | InterruptedException e) {
            net.close();
            throw e;
        }
    }

    /// `server-1` to `server-3`.
    public Machine server(int number) throws IOException, InterruptedException {
        return add("server-" + number, "10.10.10." + (49 + number));
    }

    /// `lb-1` and `lb-2`.
    public Machine balancer(int number) throws IOException, InterruptedException {
        return add("lb-" + number, "10.10.10." + (97 + number));
    }

    /// `agent-1` to `agent-3`.
    public Machine agent(int number) throws IOException, InterruptedException {
        return add("agent-" + number, "10.10.10." + (100 + number));
    }

    /// Switches a machine on; its link is called `eth1`, as on the page.
    public Machine add(String host, String address) throws IOException, InterruptedException {
        Machine machine = Machine.on(new Machine.Wire(host, address, GATEWAY, LINK, BRIDGE));
        machines.add(machine);
        return machine;
    }

    /// Gives the test and every machine there is now an address of IPv6 as well, with the last number of the other one:
    /// `fd10:10:10::50`, and the test's as their gateway. A machine that is switched on again has it no more.
    public MachineNet dualStack() throws IOException, InterruptedException {
        Launch.of("ip", "-6", "address", "replace", ipv6(GATEWAY) + "/64", "dev", BRIDGE, "nodad").text(Waiting.LIMIT);
        for (Machine machine : machines) {
            inside(machine, "ip -6 address replace " + ipv6(machine.address()) + "/64 dev " + LINK + " nodad && "
                    + "ip -6 route replace default via " + ipv6(GATEWAY));
        }
        return this;
    }

    /// The same, and takes the addresses of IPv4 away from the machines.
    public MachineNet ipv6Only() throws IOException, InterruptedException {
        dualStack();
        for (Machine machine : machines) {
            inside(machine, "ip -4 address flush dev " + LINK);
        }
        return this;
    }

    private static void inside(Machine machine, String line) throws IOException, InterruptedException {
        Outcome outcome = machine.run(Waiting.LIMIT, line);
        if (outcome.code() != 0) {
            throw new AssertionError(line + "\n" + outcome.text());
        }
    }

    /// The address of IPv6 that belongs to one of IPv4, once [#dualStack] has given it.
    public static String ipv6(String address) {
        return "fd10:10:10::" + address.substring(address.lastIndexOf('.') + 1);
    }

    /// Pulls a machine's cable; it runs on alone.
    public void unplug(Machine machine) throws IOException, InterruptedException {
        machine.link(false);
    }

    /// Plugs the cable in again.
    public void plug(Machine machine) throws IOException, InterruptedException {
        machine.link(true);
    }

    /// Loses a node: its link goes down and every process on it is killed. The end of the JVM alone is
    /// [Server#signal] with `KILL`.
    public void lose(Machine machine) throws IOException, InterruptedException {
        machine.lost();
    }

    /// Switches a lost node on again, with the same disk.
    public void again(Machine machine) throws IOException, InterruptedException {
        machine.again();
    }

    /// A bridge that stays keeps the turn with it: it is nobody else's then, and the end of the module tells it.
    @Override
    public void close() {
        machines.parallelStream().forEach(Machine::close);
        Leftovers.Trace bridge = new Bridge(turn);
        Teardown.of("bridge " + BRIDGE, bridge::remove, () -> {
            if (!bridge.left().isEmpty()) {
                Leftovers.ofThisJvm().expect(bridge);
            }
        });
    }

    private record Bridge(Turn turn) implements Leftovers.Trace {
        @Override
        public String left() throws IOException {
            return Remains.link(BRIDGE) ? "link " + BRIDGE : "";
        }

        @Override
        public void remove() throws IOException, InterruptedException {
            unbridge();
            if (left().isEmpty()) {
                turn.close();
            }
        }
    }

    private static void unbridge() throws IOException, InterruptedException {
        Launch.of("ip", "link", "delete", BRIDGE).run(Waiting.LIMIT);
    }
}
