package io.k3j.launcher;

import io.k3j.componentapi.ListeningSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The server sockets of this process, bound before anything is written and held until the end.
final class HeldSockets implements ListeningSockets, AutoCloseable {
    /// Connections that may wait for a new `edge` during a swap.
    private static final int BACKLOG = 1024;
    private static final int MAX_PORT = 65_535;

    private final Map<String, ServerSocketChannel> byName = new LinkedHashMap<>();

    /// Binds what the plan asks for: a server its own port, those beside it and those of its scheduler and controllers,
    /// and, unless it has no agent, the kubelet's.
    static HeldSockets bind(LaunchPlan plan) throws StartFailure {
        HeldSockets held = new HeldSockets();
        boolean bound = false;
        try {
            String address = plan.text("bindAddress", Ports.EVERYWHERE);
            if (plan.role().equals("server")) {
                held.bind(SERVER, Ports.serverFlag(plan), address, Ports.server(plan));
                held.loopback(LOOPBACK, "127.0.0.1");
                held.loopback(LOOPBACK_IPV6, "::1");
                for (Ports.Component further : Ports.further(plan)) {
                    held.bind(further.name(), further.flag(), further.address(), further.port());
                }
            }
            if (!plan.disabled().contains("agent")) {
                held.bind(KUBELET, "--kubelet-arg=port", address, Ports.kubelet(plan));
            }
            for (Ports.Component component : Ports.components(plan)) {
                held.open(component);
            }
            bound = true;
            return held;
        } finally {
            if (!bound) {
                held.close();
            }
        }
    }

    /// Where the server's port is on one address only it is on the loopback ones as well, as far as they are there and
    /// free, as with K3s: the node, `k3s kubectl` and the other commands of this machine ask there.
    private void loopback(String name, String text) {
        ServerSocket server = Objects.requireNonNull(byName.get(SERVER)).socket();
        InetAddress address = InetAddress.ofLiteral(text);
        if (server.getInetAddress().isAnyLocalAddress() || server.getInetAddress().equals(address)) {
            return;
        }
        try {
            bind(name, "--https-listen-port", text, Integer.toString(server.getLocalPort()));
        } catch (StartFailure e) {
            discard(byName.remove(name));
            System.getLogger("io.k3j.launcher").log(System.Logger.Level.DEBUG, "no port on " + text, e);
        }
    }

    /// A port that nobody asked for, and that another process has, is no reason not to start.
    private void open(Ports.Component wanted) throws StartFailure {
        try {
            bind(wanted.name(), wanted.flag() + "=secure-port", wanted.address(), wanted.port());
        } catch (StartFailure e) {
            if (wanted.asked()) {
                throw e;
            }
            discard(byName.remove(wanted.name()));
            System.getLogger("io.k3j.launcher").log(System.Logger.Level.WARNING,
                    "Cannot open a port name={0} address={1} port={2} error={3}", wanted.name(), wanted.address(),
                    wanted.port(), e.getMessage());
        }
    }

    private void bind(String name, String flag, String address, String text) throws StartFailure {
        int port = port(flag, text);
        try {
            ServerSocketChannel channel = ServerSocketChannel.open();
            byName.put(name, channel);
            channel.bind(new InetSocketAddress(InetAddress.getByName(address), port), BACKLOG);
            channel.configureBlocking(false);
        } catch (UnknownHostException e) {
            throw new StartFailure(Ports.addressFlag(flag) + " " + address + " is not an address of this machine", e);
        } catch (UnsupportedAddressTypeException e) {
            throw new StartFailure(unbound(flag, address, port, "this machine has no addresses of that family"), e);
        } catch (IOException e) {
            throw new StartFailure(unbound(flag, address, port, Objects.requireNonNullElse(e.getMessage(), "")), e);
        }
    }

    /// What, where and why, and what to type next, which is another thing for each reason.
    private static String unbound(String flag, String address, int port, String why) {
        String next;
        if (why.contains("in use")) {
            next = "is another k3s or kubelet running? see: ss -ltnp 'sport = :" + port + "'";
        } else if (why.contains("assign") || why.contains("family")) {
            next = "give an address of this machine as " + Ports.addressFlag(flag) + "; see: ip address";
        } else if (why.contains("denied")) {
            next = "run as root, or give another port as " + flag;
        } else {
            next = "how many files may be open: ulimit -n";
        }
        return "cannot listen on " + address + ":" + port + " (" + flag + "): " + why + "; " + next;
    }

    private static int port(String flag, String text) throws StartFailure {
        try {
            int port = Integer.parseInt(text);
            if (port >= 0 && port <= MAX_PORT) {
                return port;
            }
        } catch (NumberFormatException e) {
            throw new StartFailure(flag + "=" + text + " is not a port number", e);
        }
        throw new StartFailure(flag + "=" + text + " is not a port number between 0 and " + MAX_PORT);
    }

    /// The port really bound, also when 0 was asked for.
    int port(String name) {
        return Objects.requireNonNull(byName.get(name)).socket().getLocalPort();
    }

    @Override
    public ServerSocketChannel lend(String port) {
        ServerSocketChannel channel = byName.get(port);
        if (channel == null) {
            throw new IllegalArgumentException("this process does not listen for " + port);
        }
        return channel;
    }

    @Override
    public boolean has(String port) {
        return byName.containsKey(port);
    }

    @Override
    public void close() {
        byName.values().forEach(HeldSockets::discard);
    }

    private static void discard(@Nullable ServerSocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            System.getLogger("io.k3j.launcher").log(System.Logger.Level.DEBUG, "socket not closed", e);
        }
    }
}
